using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>The servers of a test, the connection string that leads to them, and the switchover that it goes through.</summary>
sealed class Switchover : IAsyncDisposable
{
    const string OneEndpoint = "one endpoint, the balancer lags", TwoHosts = "two hosts";

    static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    readonly ReplicatedPair _pair;
    readonly BalancerProcess? _balancer;

    Switchover(ReplicatedPair pair, BalancerProcess? balancer) => (_pair, _balancer) = (pair, balancer);

    public static TheoryData<string> Ways => [OneEndpoint, TwoHosts];

    public static async Task<Switchover> PrepareAsync(string way)
    {
        var pair = await ReplicatedPair.StartAsync();
        return new(pair, way == OneEndpoint ? await BalancerProcess.StartAsync(pair.Primary) : null);
    }

    public string ConnectionString => _balancer?.ConnectionString()
        ?? $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres";

    /// <summary>The server that can be written to.</summary>
    public PostgresServer Primary => _pair.Primary;

    /// <summary>Returns the moment, a timestamp of the stopwatch, from which on a writable server can be reached again.</summary>
    public async Task<long> StrikeAsync()
    {
        await _pair.FailOverAsync();
        var promoted = Stopwatch.GetTimestamp();
        if (_balancer is null)
            return promoted;
        await _pair.RejoinAsync();
        // The lag itself: new sessions come to the old primary, which is a standby, for as long as this.
        await Task.Delay(Lag);
        var reachable = Stopwatch.GetTimestamp();
        await _balancer.SwitchToAsync(_pair.Primary);
        return reachable;
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        await _pair.DisposeAsync();
    }
}
