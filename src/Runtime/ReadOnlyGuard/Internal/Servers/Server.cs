using System.Data;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>Why a connection is not handed out.</summary>
/// <param name="Answer">The server's.</param>
/// <param name="IsConnectionGone">Whether the connection belongs to somebody else by now: to a check or an open that goes on alone.</param>
sealed record Refusal(ServerAnswer Answer, bool IsConnectionGone = false);

/// <summary>One server: its pool, what is known of the pool's physical connections, and how it is asked.</summary>
sealed class Server(
    Endpoint endpoint, ServerPool pool, PhysicalConnections physical, Freshness freshness, BoundedChecks checks, LoadedTypes types, IProbe probe, Peer peer)
{
    readonly PhysicalConnections _physical = physical;

    public Endpoint Endpoint { get; } = endpoint;

    public ServerPool Pool { get; } = pool;

    public Freshness Freshness { get; } = freshness;

    public BoundedChecks Checks { get; } = checks;

    public WriteChecker Checker => Checks.Checker;

    public IProbe Probe { get; } = probe;

    public Peer Peer { get; } = peer;

    /// <summary>
    /// On which it was when it last said that it is a primary; <see langword="null"/> where it never did, or does not tell.
    /// </summary>
    public uint? Timeline => Checker.Timeline;

    public ServerAnswer NotAnswered => new(Endpoint.Host, Endpoint.Port, ServerRole.Unknown);

    /// <summary>What happens when a rented connection of this server changes its state.</summary>
    public StateChangeEventHandler? Watcher { private get; set; }

    /// <summary>From now on it is noticed when this connection breaks, and validated should its owner open it again.</summary>
    public void Watch(NpgsqlConnection connection) => connection.StateChange += Watcher;

    public bool Owns(NpgsqlConnection connection) => Endpoint.IsOf(connection);

    /// <summary>The physical connection behind an open connection, exactly.</summary>
    /// <param name="openedIn">The generation when its open began, where that is known.</param>
    public PhysicalConnection Physical(NpgsqlConnection connection, int? openedIn = null)
    {
        // A clear that is under way does not count as a later one.
        var seenIn = Pool.ClearsBegun;
        return _physical.Of(connection, openedIn ?? seenIn, seenIn, types.Of);
    }

    /// <summary>
    /// Whether a connection whose open completed synchronously needs no check. Over TCP Npgsql never opens a new physical connection
    /// synchronously, so this one was idle in the pool, and its process id tells it.
    /// </summary>
    public bool IsFreshFromPool(NpgsqlConnection connection) => _physical.KnownByProcess(connection) is { } physical && Freshness.Includes(physical);

    /// <summary>The same for a synchronous open, where none can have opened a new physical connection unseen.</summary>
    /// <param name="birthsBefore"><see cref="Births.OnThisThread"/> before it.</param>
    public bool IsFreshFromPool(NpgsqlConnection connection, int birthsBefore)
        => _physical.BirthsAreSeen && Births.OnThisThread == birthsBefore && IsFreshFromPool(connection);

    /// <summary>Checks a connection that the caller owns.</summary>
    /// <returns>
    /// <see langword="null"/> if the server can be written to, and the connection may be handed out; otherwise why not, and the
    /// connection belongs to <see cref="TakeBackAsync"/>.
    /// </returns>
    public async ValueTask<Refusal?> ValidateAsync(NpgsqlConnection connection, int openedIn, bool async, CancellationToken cancellationToken)
    {
        var physical = Physical(connection, openedIn);
        if (Freshness.Includes(physical))
            return null;

        var stamp = Freshness.Stamp();
        var (answer, isLate) = async
            ? await Checks.CheckAsync(connection, late => AcceptLate(physical, stamp, late), cancellationToken).ConfigureAwait(false)
            : Checks.Check(connection, late =>
            {
                AcceptLate(physical, stamp, late);
                connection.Dispose();
            });
        if (!Freshness.Record(physical, stamp, answer))
            return new(answer, isLate);
        return await types.RenewAsync(connection, physical, async).ConfigureAwait(false) is { } failed ? new(failed) : null;
    }

    /// <summary>
    /// Takes back a connection that <see cref="ValidateAsync"/> refused. Where the primary was declared lost before, a rent that still
    /// takes it for the primary began in the generation that this ends.
    /// </summary>
    /// <param name="isOfSession">
    /// Whether the server was found writable meanwhile: then it is the session that cannot write (by a setting of its role or database, or
    /// because a pooler spoiled it), and it would be the next one to be handed out.
    /// </param>
    public async ValueTask TakeBackAsync(NpgsqlConnection connection, int openedIn, Refusal refusal, bool async, bool isOfSession = false)
    {
        // Cleared before it is given back, so that giving it back closes it.
        if (refusal.Answer.CondemnsPool)
            Pool.ClearOnce(Physical(connection, openedIn), refusal.Answer);
        if (refusal.IsConnectionGone)
            return;
        if (isOfSession && !refusal.Answer.CondemnsPool && connection.State == ConnectionState.Open)
            Poison.Evict(connection);
        else
            await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
    }

    /// <summary>A late answer is proof for the next one to rent the connection, and tells a search that it has found the primary.</summary>
    void AcceptLate(PhysicalConnection physical, CheckStamp stamp, ServerAnswer answer)
    {
        if (Freshness.Record(physical, stamp, answer))
            AnsweredLate?.Invoke(this, answer);
    }

    /// <summary>Raised when a check that nobody waited for any more has found the server writable.</summary>
    public event Action<Server, ServerAnswer>? AnsweredLate;

    public void Dispose()
    {
        Pool.Dispose();
        Probe.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync().ConfigureAwait(false);
        Probe.Dispose();
    }
}
