using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Demo;

/// <summary>One application's world, shared with nobody: its servers, and how it reaches them.</summary>
abstract class Site(string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>What the application is given.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Who is to have what was acknowledged.</summary>
    public abstract PostgresEndpoint Primary { get; }

    /// <summary>Waits until all servers are there, after whatever a scenario did to them.</summary>
    public abstract Task CalmAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A primary, its standby and the balancer in front of them.</summary>
sealed class PairSite(string name, ReplicatedPair pair) : Site(name)
{
    public ReplicatedPair Pair { get; } = pair;
    public LaggingBalancer Balancer { get; } = new(pair.Primary);

    public override string ConnectionString => Balancer.ConnectionString();
    public override PostgresEndpoint Primary => Pair.Primary;

    public static async Task<PairSite> StartAsync(string name) => new(name, await ReplicatedPair.StartAsync());

    public override Task CalmAsync() => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await Pair.DisposeAsync();
    }
}

/// <summary>Three servers that Patroni keeps, all of them in the connection string.</summary>
sealed class ClusterSite(string name, PatroniCluster cluster) : Site(name)
{
    public PatroniCluster Cluster { get; } = cluster;

    /// <summary>The leader, as it was last seen.</summary>
    public PatroniNode Leader { get; set; } = cluster.Nodes[0];

    /// <summary>Npgsql's own way to the primary.</summary>
    public const string Asks = "Target Session Attributes=read-write";

    public override string ConnectionString { get; } = $"{cluster.ConnectionString()};{Asks}";
    public override PostgresEndpoint Primary => Leader;

    public static async Task<ClusterSite> StartAsync(string name) => new(name, await PatroniCluster.StartAsync());

    public override async Task CalmAsync()
    {
        foreach (var node in Cluster.Nodes)
            await node.StartAgentAsync();
        Leader = await Cluster.SettledAsync();
    }

    public override ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
