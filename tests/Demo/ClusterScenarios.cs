using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Demo;

/// <summary>What ends with the promotion of another server.</summary>
abstract class ClusterScenario : Scenario<ClusterSite>
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Npgsql believes for ten seconds that a server is a standby (Host Recheck Seconds); it is to have the time.
    public override TimeSpan Watched { get; } = TimeSpan.FromSeconds(13);

    /// <summary>Waits until a server other than the leader is a primary, which is the leader then.</summary>
    protected static async Task<Outage> PromotedAsync(ClusterSite site, Event begin, bool mayLose = false)
    {
        PatroniNode? promoted = null;
        await Eventually.HoldsAsync(async () =>
        {
            foreach (var node in site.Cluster.Nodes.Where(node => node != site.Leader))
                if (await node.IsPrimaryAsync())
                    promoted = node;
            return promoted is not null;
        }, "another server to be promoted", Limit);
        site.Leader = promoted!;
        return new([begin, new(Clock.Now, "another promoted")], mayLose);
    }
}

sealed class ClusterSwitchover : ClusterScenario
{
    public override string Name => "switchover";
    public override string Description => "Patroni is asked to make another server the primary, as for an update.";

    public override async Task<Outage> PlayAsync(ClusterSite site)
    {
        var begin = new Event(Clock.Now, "switchover asked for");
        await site.Cluster.SwitchOverAsync(site.Cluster.Nodes.First(node => node != site.Leader));
        return await PromotedAsync(site, begin);
    }
}

sealed class LostLeader : ClusterScenario
{
    public override string Name => "leader lost";
    public override string Description => "The primary and its Patroni are killed, as when their machine is lost: Patroni replaces a leader that was silent for 20 s.";

    public override async Task<Outage> PlayAsync(ClusterSite site)
    {
        var begin = new Event(Clock.Now, "leader killed");
        await site.Leader.KillAsync();
        return await PromotedAsync(site, begin, mayLose: true);
    }
}

sealed class LostAgent : ClusterScenario
{
    public override string Name => "two primaries";
    public override string Description => "Patroni alone is killed on the primary, which goes on accepting writes that nobody will ever see: another is promoted after 20 s.";

    public override async Task<Outage> PlayAsync(ClusterSite site)
    {
        var begin = new Event(Clock.Now, "Patroni of the leader killed");
        await site.Leader.KillAgentAsync();
        return await PromotedAsync(site, begin, mayLose: true);
    }
}
