using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The meter and the log tell the story of a failover under the names that the documentation gives.</summary>
public sealed class WhatIsMeasured
{
    [Fact]
    public async Task A_failover_is_told_by_the_meter_and_the_log()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        using var logs = new RecordedLogs();
        await using var source = WritableDataSource.Create(balancer.ConnectionString(), o => o.LoggerFactory = logs);
        await StalePool.FillAsync(source, balancer, pair.Standby, 1);
        using var meter = new GuardMeter();

        var found = new TaskCompletionSource();
        var rents = Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            // Kept, so that the one connection which is still good does not go round.
            await using var connection = await source.OpenConnectionAsync();
            await found.Task;
        }));
        await Eventually.HoldsAsync(() => meter.RentsWaiting > 0 && meter.ChecksThatFound("standby") > 3, "rents to wait and the search to find standbys");
        balancer.SwitchTo(pair.Primary);
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 0, "no rent to wait");
        found.SetResult();
        await rents;

        Assert.Equal((1, 1, 0), (meter.Searches, meter.PoolClears, meter.RentsWaiting));
        Assert.True(meter.ChecksThatFound("writable") > 0);
        Assert.Contains("server.address=127.0.0.1", meter.Tags);
        Assert.Contains($"server.port={balancer.Port}", meter.Tags);
        // Primary lost, pool cleared, primary found: once each. The search tells after it has let the rents go.
        await Eventually.HoldsAsync(() => logs.Entries.Count == 3, "three entries");
        Assert.Equal([1, 2, 3], logs.Entries.Select(e => e.Event).Order());
        await Eventually.HoldsAsync(() => meter.SearchSeconds > 0, "the time without a primary");
    }
}
