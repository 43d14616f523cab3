using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>One server: its pool, and what is known of the pool's physical connections.</summary>
sealed class Server(
    Endpoint endpoint, ServerPool pool, PhysicalConnections physical, IProbe probe, Peer peer, WriteChecker checker, Fence fence,
    WritableDataSourceOptions options, ILogger logger)
{
    readonly PhysicalConnections _physical = physical;
    readonly Clock _clock = new(options.TimeProvider);
    readonly long _validationMilliseconds = (long)options.ValidationInterval.TotalMilliseconds;
    int _suspicions, _abandoned, _abandonedEnded;

    public Endpoint Endpoint { get; } = endpoint;

    public ServerPool Pool { get; } = pool;

    public IProbe Probe { get; } = probe;

    public Peer Peer { get; } = peer;

    public WriteChecker Checker { get; } = checker;

    /// <summary>On which it was when it last said that it is a primary; <see langword="null"/> where it never did, or does not tell.</summary>
    public uint? Timeline => Checker.Timeline;

    public ServerAnswer NotAnswered => new(Endpoint.Host, Endpoint.Port, ServerRole.Unknown);

    /// <summary>What <see cref="RentedConnections"/> does when a connection of this server changes its state.</summary>
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
        return _physical.Of(connection, openedIn ?? seenIn, seenIn, Volatile.Read(ref _typesOf));
    }

    /// <summary>
    /// Whether a connection whose open completed synchronously needs no check. Over TCP Npgsql never opens a new physical connection
    /// synchronously, so this one was idle in the pool, and its process id tells it.
    /// </summary>
    public bool IsFreshFromPool(NpgsqlConnection connection) => _physical.KnownByProcess(connection) is { } physical && IsFresh(physical);

    /// <summary>The same for a synchronous open, where none can have opened a new physical connection unseen.</summary>
    /// <param name="birthsBefore"><see cref="Births.OnThisThread"/> before it.</param>
    public bool IsFreshFromPool(NpgsqlConnection connection, int birthsBefore)
        => _physical.BirthsAreSeen && Births.OnThisThread == birthsBefore && IsFreshFromPool(connection);

    /// <summary>Found writable within <see cref="WritableDataSourceOptions.ValidationInterval"/>, and nothing suspicious since.</summary>
    public bool IsFresh(PhysicalConnection physical)
    {
        ref readonly var check = ref physical.LastCheck;
        return check.ReadOnlyErrors == ReadOnlyErrorSignal.Count
            && check.Suspicions == Volatile.Read(ref _suspicions)
            && check.Promotions == fence.Promotions
            && _clock.Milliseconds - check.Milliseconds < _validationMilliseconds;
    }

    public int Suspicions => Volatile.Read(ref _suspicions);

    /// <summary>Every connection of this server is checked again at its next rent.</summary>
    public void Suspect() => Interlocked.Increment(ref _suspicions);

    /// <summary>Checks a connection that the caller owns.</summary>
    /// <returns>
    /// <see langword="null"/> if the server can be written to, and the connection may be handed out; otherwise why not, and the
    /// connection belongs to <see cref="TakeBackAsync"/>.
    /// </returns>
    public async ValueTask<ServerAnswer?> ValidateAsync(
        NpgsqlConnection connection, int openedIn, bool async, CancellationToken cancellationToken)
    {
        var physical = Physical(connection, openedIn);
        if (IsFresh(physical))
            return null;

        var stamp = Now();
        var answer = async
            ? await CheckAsync(connection, late => AcceptLate(physical, stamp, late), cancellationToken).ConfigureAwait(false)
            : Check(connection, late =>
            {
                AcceptLate(physical, stamp, late);
                connection.Dispose();
            });
        if (!Accept(physical, stamp, answer))
            return answer;
        return physical.TypesOf == fence.Clusters ? null : await LoadTypesAsync(connection, physical, async).ConfigureAwait(false);
    }

    // Of which of the fence's clusters the pool has loaded the types.
    int _typesOf;

    /// <summary>Where another cluster answers behind the address, an enum or a composite type has another number there.</summary>
    async ValueTask<ServerAnswer?> LoadTypesAsync(NpgsqlConnection connection, PhysicalConnection physical, bool async)
    {
        var clusters = fence.Clusters;
        try
        {
            if (async)
                await connection.ReloadTypesAsync().ConfigureAwait(false);
            else
                connection.ReloadTypes();
        }
        catch (Exception e)
        {
            return Checker.Failed(e);
        }
        physical.TypesOf = clusters;
        Volatile.Write(ref _typesOf, clusters);
        return null;
    }

    /// <summary>
    /// Takes back a connection that <see cref="ValidateAsync"/> refused. Where the primary was declared lost before, a rent that still takes
    /// it for the primary began in the generation that this ends.
    /// </summary>
    /// <param name="isOfSession">
    /// Whether the server was found writable meanwhile: then it is the session that cannot write (by a setting of its role or database, or
    /// because a pooler spoiled it), and it would be the next one to be handed out.
    /// </param>
    public async ValueTask TakeBackAsync(NpgsqlConnection connection, int openedIn, ServerAnswer refusal, bool async, bool isOfSession = false)
    {
        // Cleared before it is given back, so that giving it back closes it.
        if (refusal.CondemnsPool)
            Pool.ClearOnce(Physical(connection, openedIn), refusal);
        if (ReferenceEquals(refusal, Late))
            return;
        if (isOfSession && !refusal.CondemnsPool && connection.State == ConnectionState.Open)
            Poison.Evict(connection);
        else
            await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
    }

    /// <summary>Remembers a check that found the server writable.</summary>
    public bool Accept(PhysicalConnection physical, CheckStamp stamp, ServerAnswer answer)
    {
        // On a slow server a check would be too old as soon as it is answered: there its age counts from the answer.
        var isSlow = _clock.Milliseconds - stamp.Milliseconds > _validationMilliseconds / 2;
        physical.LastCheck = answer.Role != ServerRole.Primary ? CheckStamp.Never : isSlow ? stamp with { Milliseconds = _clock.Milliseconds } : stamp;
        return answer.Role == ServerRole.Primary;
    }

    /// <summary>A late answer is proof for the next one to rent the connection, and tells a search that it has found the primary.</summary>
    void AcceptLate(PhysicalConnection physical, CheckStamp stamp, ServerAnswer answer)
    {
        if (Accept(physical, stamp, answer))
            AnsweredLate?.Invoke(this, answer);
    }

    /// <summary>Raised when a check that nobody waited for any more has found the server writable.</summary>
    public event Action<Server, ServerAnswer>? AnsweredLate;

    public CheckStamp Now()
        => new(_clock.Milliseconds, ReadOnlyErrorSignal.Count, Volatile.Read(ref _suspicions), fence.Promotions);

    /// <summary>The answer of a check that did not end in time. It goes on alone, and still uses its connection.</summary>
    public ServerAnswer Late { get; } = new(
        endpoint.Host, endpoint.Port, ServerRole.Unknown, Error: new TimeoutException($"no answer to the write check within CheckTimeout ({options.CheckTimeout})"));

    /// <summary>One check within <see cref="WritableDataSourceOptions.CheckTimeout"/>, without the thread pool.</summary>
    public ServerAnswer Check(NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned)
    {
        var answer = AbandonableWork.Run(ThreadName, () => Checker.Ask(connection), Checker.Timeout, Late, whenAbandoned: late =>
        {
            whenAbandoned(late);
            AbandonedCheckEnded();
        });
        if (ReferenceEquals(answer, Late))
            Interlocked.Increment(ref _abandoned);
        return Checked(answer);
    }

    /// <summary>How many of the checks that nobody waits for any more have ended.</summary>
    public int AbandonedChecksEnded => Volatile.Read(ref _abandonedEnded);

    /// <summary>Whether such checks have held places of the pool since that many of them had ended.</summary>
    public bool HadAbandonedChecks(int ended) => Volatile.Read(ref _abandoned) > 0 || AbandonedChecksEnded != ended;

    void AbandonedCheckEnded()
    {
        Interlocked.Increment(ref _abandonedEnded);
        Interlocked.Decrement(ref _abandoned);
    }

    /// <summary>As <see cref="Check"/>, for an asynchronous caller. A check that is late, or whose caller leaves, gives the connection back when it ends.</summary>
    public async ValueTask<ServerAnswer> CheckAsync(NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned, CancellationToken cancellationToken)
    {
        var abandon = new CancellationTokenSource();
        var check = Checker.AskAsync(connection, abandon.Token);
        try
        {
            return Checked(await check.WaitAsync(Checker.Timeout, options.TimeProvider, cancellationToken).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            Abandon();
            return Checked(Late);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }

        void Abandon()
        {
            Interlocked.Increment(ref _abandoned);
            _ = GiveBackAfterAsync(check, connection, whenAbandoned);
            // For a step of the user's. Whoever cancels a command of Npgsql's opens a connection on the spot and waits for it.
            AbandonableWork.Start(ThreadName, abandon.Cancel);
        }
    }

    async Task GiveBackAfterAsync(Task<ServerAnswer> check, NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned)
    {
        whenAbandoned(await check.ConfigureAwait(false));
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
        AbandonedCheckEnded();
    }

    string ThreadName => "check of " + Endpoint.Host;

    ServerAnswer Checked(ServerAnswer answer)
    {
        if (ReferenceEquals(answer, Late))
            Log.CheckAbandoned(logger, Endpoint.Host, Endpoint.Port, (long)Checker.Timeout.TotalMilliseconds);
        return Checker.Counted(answer);
    }

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
