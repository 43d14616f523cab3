using Microsoft.Extensions.Logging.Abstractions;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard.Tests;

public sealed class TimelinesOfACluster
{
    const long Cluster = 7_000_000_000_000_000_001, Another = Cluster + 1;
    static readonly Endpoint A = new("a", 5432);

    readonly Fence _fence = new(NullLogger.Instance);

    [Fact]
    public void A_primary_behind_a_timeline_already_seen_is_refused_until_it_catches_up()
    {
        Assert.True(_fence.Admits(A, Cluster, 4));
        Assert.True(_fence.Admits(A, Cluster, 5));
        Assert.False(_fence.Admits(A, Cluster, 4));
        Assert.True(_fence.Admits(A, Cluster, 6));
    }

    [Fact]
    public void A_promotion_outdates_every_check_before_it()
    {
        _fence.Admits(A, Cluster, 4);
        var before = _fence.Promotions;
        _fence.Admits(A, Cluster, 4);
        Assert.Equal(before, _fence.Promotions);
        _fence.Admits(A, Cluster, 5);
        Assert.Equal(before + 1, _fence.Promotions);
    }

    [Fact]
    public void Another_cluster_replaces_the_remembered_one()
    {
        _fence.Admits(A, Cluster, 9);
        Assert.True(_fence.Admits(A, Another, 1));
        Assert.True(_fence.Admits(A, Another, 2));
        Assert.False(_fence.Admits(A, Another, 1));
    }

    [Fact]
    public void A_point_in_time_recovery_is_admitted_once_the_past_is_forgotten()
    {
        _fence.Admits(A, Cluster, 9);
        Assert.False(_fence.Admits(A, Cluster, 3));
        _fence.Forget();
        Assert.True(_fence.Admits(A, Cluster, 3));
    }
}
