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

        // Kept, so that the one connection which is still good does not go round.
        await using var good = await source.OpenConnectionAsync();
        // The stale connection is found out, and the pool cleared, before the others come: an open that straddles the clear may bring
        // one more stale connection, and that one is cleared away when it turns up.
        var first = RentAsync();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the first rent to wait");
        var rents = Task.WhenAll(first, RentAsync(), RentAsync());
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") > 3, "the search to find standbys");
        balancer.SwitchTo(pair.Primary);
        await rents;

        Assert.Equal((1, 1, 0), (meter.Searches, meter.PoolClears, meter.RentsWaiting));
        Assert.True(meter.ChecksThatFound("writable") > 0);
        Assert.Contains("server.address=127.0.0.1", meter.Tags);
        Assert.Contains($"server.port={balancer.Port}", meter.Tags);
        // Primary lost, pool cleared, primary found: once each. The search tells after it has let the rents go.
        await Eventually.HoldsAsync(() => logs.Entries.Count == 3, "three entries");
        Assert.Equal([1, 2, 3], logs.Entries.Select(e => e.Event).Order());
        await Eventually.HoldsAsync(() => meter.SearchSeconds > 0, "the time without a primary");

        async Task RentAsync()
        {
            await using var connection = await source.OpenConnectionAsync();
        }
    }
}
