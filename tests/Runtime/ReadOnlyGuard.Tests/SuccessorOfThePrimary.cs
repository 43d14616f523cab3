using ReadOnlyGuard.Tests.Model;

namespace ReadOnlyGuard.Tests;

/// <summary>A look at a promoted server makes it the primary, however the promotion became known, and whenever it takes writes.</summary>
public sealed class SuccessorOfThePrimary
{
    readonly ModelCluster _cluster = new(2, 2);

    ModelPool Old => _cluster.Pools[0];
    ModelPool Promoted => _cluster.Pools[1];

    void Begin()
    {
        _cluster.Rent().Step();
        // Asks, and reports.
        Old.Probe.Step();
        Old.Probe.Step();
        Assert.Equal(Old.Server, _cluster.Tracker.Primary!.Server);
        _cluster.Promote(_cluster.Hosts[1]);
    }

    [Fact]
    public void Is_seen()
    {
        Begin();
        _cluster.Look(Promoted);
        Assert.Equal(Promoted.Server, _cluster.Tracker.Primary!.Server);
    }

    // A transaction that began in recovery is read-only, and may be the first to tell that recovery has ended.
    [Fact]
    public void Is_seen_although_it_was_read_only_when_it_was_seen_first()
    {
        Begin();
        _cluster.Hosts[1].IsReadOnly = true;
        _cluster.Look(Promoted);
        Assert.Equal(Old.Server, _cluster.Tracker.Primary!.Server);
        _cluster.Hosts[1].IsReadOnly = false;
        _cluster.Look(Promoted);
        Assert.Equal(Promoted.Server, _cluster.Tracker.Primary!.Server);
    }

    [Fact]
    public void Is_seen_although_somebody_else_has_seen_its_timeline_before()
    {
        Begin();
        Promoted.Ask(Promoted.Open(0)!);
        _cluster.Look(Promoted);
        Assert.Equal(Promoted.Server, _cluster.Tracker.Primary!.Server);
    }

    [Fact]
    public void Is_not_one_on_the_same_timeline()
    {
        Begin();
        _cluster.Hosts[1].Timeline = _cluster.Hosts[0].Timeline;
        _cluster.Look(Promoted);
        Assert.Equal(Old.Server, _cluster.Tracker.Primary!.Server);
    }
}
