using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>
/// Looks at the servers that are not the primary, in rounds, for as long as connections are rented or something waits for the primary: a
/// promotion is seen although the old primary still accepts writes, or accepts connections and answers nothing.
/// </summary>
sealed class Peers : IDisposable
{
    /// <summary>For how long a rent that begins after a pause waits for the first round.</summary>
    static readonly TimeSpan FirstRound = TimeSpan.FromMilliseconds(500);

    /// <summary>After how many rounds without a rent the looks stop. A process that does nothing costs the servers nothing.</summary>
    const int IdleRounds = 30;

    // Asleep → Waking → Used ⇄ Unused → Asleep. Each round marks it unused, and the next rent used.
    const int Asleep = 0, Waking = 1, Unused = 2, Used = 3;

    readonly IPeersOf _cluster;
    readonly TimeSpan _interval;
    readonly LookReports _reports;
    readonly object _gate = new();
    int _state, _underWay;
    bool _disposed;
    TaskCompletionSource _awake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Peers(IPeersOf cluster, TimeSpan interval, LookReports reports)
    {
        (_cluster, _interval, _reports) = (cluster, interval, reports);
        if (cluster.Servers.Count == 1 || interval == Timeout.InfiniteTimeSpan)
            _state = Used;
    }

    /// <summary>Whether they are being looked at, or need not be. Asked by every rent, which also keeps the looks going.</summary>
    public bool KeepWatched()
        => Volatile.Read(ref _state) is var state && (state == Used || (state == Unused && Interlocked.CompareExchange(ref _state, Used, Unused) == Unused));

    /// <summary>
    /// Something begins that may wait for an answer of the primary, for as long as nobody finds out that there is another. It rents, so it
    /// wakes the looks; they go on until it ends.
    /// </summary>
    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>Waits for the first round of looks. The one server that does not answer it is not waited for the next time.</summary>
    public async ValueTask WatchAsync(bool async, CancellationToken cancellationToken)
    {
        if (!async)
            Watch();
        else if (!KeepWatched())
            await Wake().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same for a synchronous rent, without the thread pool.</summary>
    public void Watch()
    {
        if (KeepWatched())
            return;
        var awake = Wake();
        lock (_gate)
            while (!awake.IsCompleted)
                Monitor.Wait(_gate);
    }

    /// <returns>Completes, in time, when a rent may go on.</returns>
    Task Wake()
    {
        lock (_gate)
        {
            SourceDisposed.ThrowIf(_disposed);
            if (Interlocked.CompareExchange(ref _state, Waking, Asleep) == Asleep)
            {
                _awake = new(TaskCreationOptions.RunContinuationsAsynchronously);
                try
                {
                    AbandonableWork.Start("looks", Run);
                }
                catch
                {
                    SleepOn();
                    throw;
                }
            }
            return _awake.Task;
        }
    }

    void Run()
    {
        TryLook(FirstRound);
        lock (_gate)
        {
            Volatile.Write(ref _state, Used);
            LetGoOn();
        }
        for (var idle = 0; idle < IdleRounds || !FallsAsleep(); idle++)
        {
            if (Interlocked.CompareExchange(ref _state, Unused, Used) == Used || Volatile.Read(ref _underWay) > 0)
                idle = 0;
            if (IsDisposedWithin(_interval))
                break;
            TryLook(TimeSpan.Zero);
        }
        foreach (var server in _cluster.Servers)
            server.Peer.Release();
    }

    /// <summary>Begins a round, as far as there are threads for it. Without them the next round is another chance.</summary>
    void TryLook(TimeSpan wait)
    {
        try
        {
            Look(wait);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
        }
    }

    void Look(TimeSpan wait)
    {
        if (_cluster.PrimaryServer is not { } primary)
        {
            // Rents that wait for a connection of the lost one do not search.
            _cluster.SearchOnce();
            return;
        }
        var round = new object();
        var waitedFor = 0;
        foreach (var server in _cluster.Servers.Where(server => server != primary))
        {
            var ended = static () => { };
            if (wait > TimeSpan.Zero && server.Peer.Answers)
            {
                lock (round)
                    waitedFor++;
                ended = () =>
                {
                    lock (round)
                    {
                        waitedFor--;
                        Monitor.Pulse(round);
                    }
                };
            }
            server.Peer.Look(
                row =>
                {
                    _reports.Succeeded(server);
                    if (server.Checker.Look(row) is { } answer)
                        _cluster.Promoted(server, answer);
                },
                unseen: error => _reports.Failed(server, error), ended);
        }
        var deadline = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        lock (round)
            while (waitedFor > 0 && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(round, TimeSpan.FromMilliseconds(left));
    }

    bool IsDisposedWithin(TimeSpan time)
    {
        var deadline = Environment.TickCount64 + (long)time.TotalMilliseconds;
        lock (_gate)
        {
            while (!_disposed && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
            return _disposed;
        }
    }

    bool FallsAsleep()
    {
        lock (_gate)
            return Interlocked.CompareExchange(ref _state, Asleep, Unused) == Unused;
    }

    void SleepOn()
    {
        Volatile.Write(ref _state, Asleep);
        LetGoOn();
    }

    void LetGoOn()
    {
        _awake.TrySetResult();
        Monitor.PulseAll(_gate);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            LetGoOn();
        }
    }
}

/// <summary>What the looks need to know, and whom they tell.</summary>
interface IPeersOf
{
    IReadOnlyList<Server> Servers { get; }

    /// <summary>The primary; <see langword="null"/> while it is not known.</summary>
    Server? PrimaryServer { get; }

    /// <summary>Asks every server once for the primary, if nobody knows it.</summary>
    void SearchOnce();

    /// <summary>A look found a primary on the newest timeline.</summary>
    void Promoted(Server server, ServerAnswer answer);
}
