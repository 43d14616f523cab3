using ReadOnlyGuard.Internal.Servers;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>The belief that a server is the primary, from one search to the moment it is lost.</summary>
/// <param name="before">The primary before it, if any.</param>
/// <param name="goesOn">Whether it is the same one, lost and found again.</param>
sealed class Primary(Server server, Primary? before = null, bool goesOn = true)
{
    // Found again, a server goes on where it was lost.
    readonly CancellationTokenSource _replaced = goesOn && before?.Server == server ? before._replaced : new();

    int _announced;

    /// <summary>Of the server's pool, when the belief began.</summary>
    public int Generation { get; } = server.Pool.Generation;

    public Server Server { get; } = server;

    /// <summary>Cancelled when another server is the primary: whoever waits for this one waits for nothing.</summary>
    public CancellationToken Replaced => _replaced.Token;

    /// <summary>Whether nobody has told of it yet.</summary>
    public bool TryAnnounce() => Interlocked.Exchange(ref _announced, 1) == 0;

    /// <summary>Says so. What was waiting goes on in the thread pool.</summary>
    public void Replace() => _replaced.CancelAsync();
}
