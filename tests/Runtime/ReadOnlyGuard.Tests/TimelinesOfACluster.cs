using Microsoft.Extensions.Logging.Abstractions;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Tests;

public sealed class TimelinesOfACluster
{
    const long Cluster = 7_000_000_000_000_000_001, Another = Cluster + 1;
    static readonly Endpoint A = new("a", 5432);

    readonly Fence _fence = new(NullLogger.Instance);

    [Fact]
    public void A_primary_behind_a_timeline_already_seen_is_refused_until_it_catches_up()
    {
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Cluster, 4));
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Cluster, 5));
        Assert.Equal(ServerRole.StalePrimary, _fence.Admit(A, Cluster, 4));
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Cluster, 6));
    }

    [Fact]
    public void A_promotion_outdates_every_check_before_it()
    {
        _fence.Admit(A, Cluster, 4);
        var before = _fence.Promotions;
        _fence.Admit(A, Cluster, 4);
        Assert.Equal(before, _fence.Promotions);
        _fence.Admit(A, Cluster, 5);
        Assert.Equal(before + 1, _fence.Promotions);
    }

    [Fact]
    public void Another_cluster_replaces_the_remembered_one()
    {
        _fence.Admit(A, Cluster, 9);
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Another, 1));
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Another, 2));
        Assert.Equal(ServerRole.StalePrimary, _fence.Admit(A, Another, 1));
    }

    [Fact]
    public void A_point_in_time_recovery_is_admitted_once_the_past_is_forgotten()
    {
        _fence.Admit(A, Cluster, 9);
        Assert.Equal(ServerRole.StalePrimary, _fence.Admit(A, Cluster, 3));
        _fence.Forget();
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Cluster, 3));
    }

    [Fact]
    public void A_primary_of_another_cluster_that_is_only_asked_replaces_nothing()
    {
        Assert.Equal(ServerRole.Primary, _fence.Admit(A, Another, 3, isUsed: false));
        Assert.Null(_fence.SystemIdentifier);
        _fence.Admit(A, Cluster, 1);
        Assert.Equal(ServerRole.OtherCluster, _fence.Admit(A, Another, 3, isUsed: false));
        Assert.Equal(Cluster, _fence.SystemIdentifier);
    }
}
