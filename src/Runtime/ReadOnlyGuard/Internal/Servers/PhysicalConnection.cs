namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// What is known of one physical connection. Only the rent that holds the connection reads or writes its stamp; the pool orders one
/// holder after the other.
/// </summary>
sealed class PhysicalConnection(object? identity, int openedIn, int seenIn)
{
    /// <summary>Stands for a process id that was seen on two living physical connections, so that it tells nothing.</summary>
    public static readonly PhysicalConnection Ambiguous = new(null, 0, 0);

    readonly WeakReference<object>? _identity = identity is null ? null : new(identity);

    /// <summary>
    /// The pool's generation that it belongs to: the one in which the rent that opened it began. Should it survive a later clear, it
    /// was opened after that one all the same, and belongs to <see cref="SeenIn"/>.
    /// </summary>
    public int Generation { get; set; } = openedIn;

    /// <summary>How many clears had begun when it was first seen, open: each one that begins later closes it for certain.</summary>
    public int SeenIn { get; } = seenIn;

    /// <summary>Of which of the fence's clusters it knows the types.</summary>
    public int TypesOf { get; set; }

    /// <summary>The backend's process id, as far as the pool's own bookkeeping goes by it.</summary>
    public int Process { get; set; }

    /// <summary>When it was last found writable. A field, because the warm path reads it in place.</summary>
    public CheckStamp LastCheck = CheckStamp.Never;

    /// <summary>Whether it may still exist. Its identity lives as long as Npgsql's own object for the connection.</summary>
    public bool MayLive => this == Ambiguous || _identity!.TryGetTarget(out _);
}

/// <summary>
/// The moment before a check was sent, on every scale by which a check grows old. Taken before, so that what happens during the check
/// is not missed.
/// </summary>
/// <param name="Milliseconds">The clock.</param>
/// <param name="ReadOnlyErrors">Read-only errors seen in the process.</param>
/// <param name="Suspicions">Suspicions raised against the server.</param>
/// <param name="Promotions">Promotions seen of the cluster.</param>
readonly record struct CheckStamp(long Milliseconds, long ReadOnlyErrors, int Suspicions, int Promotions)
{
    /// <summary>Equal to no moment: errors are counted from zero.</summary>
    public static readonly CheckStamp Never = new(0, -1, 0, 0);
}
