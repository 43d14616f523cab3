using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Every pooled connection leads to a standby when two hundred rents come at once.</summary>
public sealed class StormOntoAStalePool
{
    [Fact]
    public async Task Costs_one_search_and_one_clear_and_all_rents_succeed()
    {
        await using var pair = await ReplicatedPair.StartAsync("max_connections=300");
        await using var balancer = new LaggingBalancer(pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString(c => c.MaxPoolSize = 100));
        await StalePool.FillAsync(source, balancer, pair.Standby, 99);
        balancer.SwitchTo(pair.Primary);
        using var meter = new GuardMeter();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var probe = new NpgsqlCommand("select pg_is_in_recovery()", connection);
            Assert.False((bool)(await probe.ExecuteScalarAsync())!);
        })));

        Assert.Equal((1, 1), (meter.Searches, meter.PoolClears));
        Assert.Equal(0, meter.RentsWaiting);
    }

    [Fact]
    public async Task A_late_error_from_the_old_generation_does_not_clear_the_healed_pool()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString());
        var stale = await StalePool.OpenAsync(source, balancer, pair.Standby, 2);
        balancer.SwitchTo(pair.Primary);
        // The pool's idle connection was proven writable a moment ago; the stale one behind it is found out and clears the pool.
        await stale[0].DisposeAsync();
        using (var clearing = new GuardMeter())
        {
            await using var first = await source.OpenConnectionAsync();
            await using var second = await source.OpenConnectionAsync();
            Assert.Equal(1, clearing.PoolClears);
        }

        using var meter = new GuardMeter();
        await using var write = new NpgsqlCommand("create table late ()", stale[1]);
        var error = await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync());
        Assert.Equal("25006", error.SqlState);
        await stale[1].DisposeAsync();

        for (var i = 0; i < 20; i++)
            await using (await source.OpenConnectionAsync())
            {
            }
        Assert.Equal((0, 0), (meter.PoolClears, meter.Searches));
        Assert.Equal(1, meter.ReadOnlyErrors);
    }
}
