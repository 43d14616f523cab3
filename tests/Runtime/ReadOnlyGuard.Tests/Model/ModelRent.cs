using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;

namespace ReadOnlyGuard.Tests.Model;

/// <summary>
/// A rent, cut where another one may come between: what <see cref="Rents"/> does, step by step, with the guard's own tracker, patience and
/// records.
/// </summary>
sealed class ModelRent(ModelCluster cluster)
{
    readonly CancellationTokenSource _cancelled = new();
    readonly Patience _patience = cluster.Tracker.NewPatience();
    Action? _next;
    Primary _primary = null!;
    int _generation;
    ModelPool _pool = null!;
    ServerAnswer _refusal = null!;

    /// <summary>What it waits for: the search, or a pause.</summary>
    public Task? Waiting { get; private set; }

    public bool WaitsForSearch { get; private set; }

    public DateTimeOffset WaitingSince { get; private set; }

    /// <summary>Since the first time it waited for a search.</summary>
    public DateTimeOffset? Impatient { get; private set; }

    public ModelConnection? Rented { get; private set; }

    public Exception? Failure { get; private set; }

    public bool HasEnded { get; private set; }

    public bool WasServed { get; private set; }

    public bool IsCancelled => _cancelled.IsCancellationRequested;

    public void Cancel() => _cancelled.Cancel();

    public void Step()
    {
        if (HasEnded || Waiting is not null)
            return;
        (_next ?? Take)();
    }

    /// <summary>What it waited for has come.</summary>
    public void Woken()
    {
        var woken = Waiting!;
        Waiting = null;
        if (woken.IsCompletedSuccessfully)
            _next = Take;
        else
            End(woken.Exception?.InnerException ?? new OperationCanceledException());
    }

    /// <summary>The connection broke while its owner used it.</summary>
    public void Break()
    {
        if (Rented is null)
            return;
        cluster.Tracker.Suspect(_pool.Server, _pool.Unreachable);
        End(null);
    }

    void Take()
    {
        if (!cluster.Tracker.TryGetPrimary(out var primary, out _generation))
        {
            Impatient ??= cluster.Time.GetUtcNow();
            Wait(cluster.Tracker.FindAsync(_patience, async: true, _cancelled.Token).AsTask(), isSearch: true);
            return;
        }
        (_primary, _pool) = (primary, cluster.PoolOf(primary.Server));
        _next = Open;
    }

    void Open()
    {
        if (_pool.Open(_generation) is { } connection)
            _next = () => Check(connection);
        else
            Refuse(_pool.Unreachable, null);
    }

    void Check(ModelConnection connection)
    {
        if (_pool.Server.Freshness.Includes(connection.Physical))
            HandOut(connection);
        else
        {
            var stamp = _pool.Server.Freshness.Stamp();
            _next = () => Ask(connection, stamp);
        }
    }

    void Ask(ModelConnection connection, CheckStamp stamp)
    {
        var answer = _pool.Ask(connection);
        _next = () =>
        {
            if (_pool.Server.Freshness.Record(connection.Physical, stamp, answer))
                HandOut(connection);
            else
                Refuse(answer, connection);
        };
    }

    void HandOut(ModelConnection connection)
    {
        Assert.Equal(ServerRole.Primary, connection.LastSaid);
        (Rented, WasServed) = (connection, true);
        _next = () =>
        {
            _pool.GiveBack(connection);
            End(null);
        };
    }

    void Refuse(ServerAnswer refusal, ModelConnection? connection)
    {
        _refusal = refusal;
        _next = () =>
        {
            if (_patience.DoubtsPrimary(_refusal))
                cluster.Tracker.Lost(_primary, _refusal);
            _next = () =>
            {
                if (connection is not null)
                    _pool.TakeBack(connection, _refusal);
                Wait(_patience.RefusedAsync(_refusal, async: true, _cancelled.Token).AsTask(), isSearch: false);
            };
        };
    }

    void Wait(Task task, bool isSearch)
        => (Waiting, WaitsForSearch, WaitingSince) = (task, isSearch, cluster.Time.GetUtcNow());

    void End(Exception? failure) => (HasEnded, Failure, Rented) = (true, failure, null);
}
