using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Two hosts; the primary is killed and the standby promoted.</summary>
[Trait("Core", "yes")]
public sealed class KilledPrimary : IAsyncLifetime
{
    ReplicatedPair _pair = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        _source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres");
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Fact]
    public async Task Costs_each_writer_the_write_in_flight_and_the_rest_goes_to_the_new_primary()
    {
        await Writers.CreateTableAsync(_pair.Primary);
        await _pair.CatchUpAsync();
        await using var writers = Writers.Start(_source);
        await writers.WroteAsync(300);
        await _pair.KillAndPromoteAsync();
        await writers.WroteAsync(300);
        await writers.StopAsync();
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
    }

    [Fact]
    public async Task Is_noticed_by_the_connection_that_breaks_and_not_asked_again_first()
    {
        await using (var rented = await _source.OpenConnectionAsync())
        {
            await _pair.KillAndPromoteAsync();
            await using var use = new NpgsqlCommand("select 1", rented);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => use.ExecuteScalarAsync());
        }
        using var meter = new GuardMeter();
        await using var connection = await _source.OpenConnectionAsync();
        Assert.Equal(_pair.Primary.Port, connection.Port);
        Assert.Equal(1, meter.Searches);
        Assert.Equal(0, meter.PoolClears);
    }

    [Fact]
    public async Task A_wave_of_broken_connections_costs_one_clear_at_most_and_leaves_the_pool_whole()
    {
        var rented = new List<NpgsqlConnection>();
        for (var i = 0; i < 20; i++)
            rented.Add(await _source.OpenConnectionAsync());
        await _pair.KillAndPromoteAsync();
        foreach (var connection in rented)
        {
            await using (connection)
            {
                await using var use = new NpgsqlCommand("select 1", connection);
                await Assert.ThrowsAnyAsync<NpgsqlException>(() => use.ExecuteScalarAsync());
            }
        }
        await PoolLimit.GivesDistinctBackendsAsync(_source, 90);
    }
}
