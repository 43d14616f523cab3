using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;

namespace ReadOnlyGuard.Tests.Model;

/// <summary>
/// The guard's tracker, search, fence, patience and pool generations over hosts, pools and time that a schedule moves. Nothing happens
/// between two steps, so that a schedule does the same whenever it runs.
/// </summary>
sealed class ModelCluster
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly List<ModelRent> _rents = [];

    /// <param name="hosts">How many there are; the first is the primary.</param>
    /// <param name="endpoints">One, which may lead to any of them, or one for each.</param>
    public ModelCluster(int hosts, int endpoints)
    {
        Hosts = [.. Enumerable.Range(0, hosts).Select(i => new Host { IsStandby = i > 0 })];
        var options = new WritableDataSourceOptions
        {
            TimeProvider = Time,
            FailoverTimeout = Patience,
            ValidationInterval = TimeSpan.FromSeconds(5),
            // Looks are steps of the schedule.
            PeerCheckInterval = Timeout.InfiniteTimeSpan,
        };
        Pools = [.. Hosts.Take(endpoints).Select((host, i) => new ModelPool("host" + i, host, Fence, options))];
        Tracker = new([.. Pools.Select(pool => pool.Server)], Fence, options, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();
    public Fence Fence { get; } = new(NullLogger.Instance);
    public PrimaryTracker Tracker { get; }
    public IReadOnlyList<Host> Hosts { get; }
    public IReadOnlyList<ModelPool> Pools { get; }
    public IReadOnlyList<ModelRent> Rents => _rents;

    public ModelPool PoolOf(Server server) => Pools.First(pool => pool.Server == server);

    public ModelRent Rent()
    {
        var rent = new ModelRent(this);
        _rents.Add(rent);
        return rent;
    }

    /// <summary>Makes a host the primary on a new timeline, whatever the others believe to be.</summary>
    public void Promote(Host host)
    {
        host.Timeline = Hosts.Max(h => h.Timeline) + 1;
        host.IsStandby = false;
    }

    public void Look(ModelPool pool)
    {
        if (Tracker.Primary is not { Server: var primary } || primary == pool.Server || pool.Look() is not { } answer)
            return;
        var (old, before) = (PoolOf(primary), primary.Pool.Generation);
        Tracker.Promoted(pool.Server, answer);
        if (primary.Pool.Generation != before)
            old.Cleared(before);
    }

    /// <summary>Waits, in real time, for those whose wait is over, and fails if one is not woken.</summary>
    public async Task SettleAsync()
    {
        foreach (var rent in _rents)
        {
            if (rent.Waiting is not { } waiting)
                continue;
            if (IsOver(rent))
                await waiting.WaitAsync(TimeSpan.FromSeconds(20)).ContinueWith(
                    wait => Assert.False(wait.Exception?.InnerException is TimeoutException, "A waiter starves."),
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (waiting.IsCompleted)
                rent.Woken();
        }
    }

    bool IsOver(ModelRent rent)
        => rent.IsCancelled
        || (rent.WaitsForSearch
            ? Tracker.Primary is not null || Time.GetUtcNow() - rent.Impatient >= Patience
            // A pause is shorter than any step of the time.
            : Time.GetUtcNow() > rent.WaitingSince);
}
