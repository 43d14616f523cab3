using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Demo;

/// <summary>One application's world: a primary, its standby and the balancer in front of them, shared with nobody.</summary>
sealed class Site(string name, ReplicatedPair pair) : IAsyncDisposable
{
    public string Name { get; } = name;
    public ReplicatedPair Pair { get; } = pair;
    public LaggingBalancer Balancer { get; } = new(pair.Primary);

    public static async Task<Site> StartAsync(string name) => new(name, await ReplicatedPair.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await Pair.DisposeAsync();
    }
}
