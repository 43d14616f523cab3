using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The primary is set read-only for a while, as in maintenance or on a full disk. Sessions follow the setting by themselves.</summary>
[Trait("Core", "yes")]
public sealed class ReadOnlyMaintenance
{
    [Fact]
    public async Task Costs_each_writer_one_write_at_most_and_clears_no_pool()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(server);
        await using var source = WritableDataSource.Create(server.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = Writers.Start(source);
        await writers.WroteAsync(200);

        await server.AlterSystemAsync("default_transaction_read_only", "on");
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 8, "all writers to wait");
        await server.AlterSystemAsync("default_transaction_read_only", null);
        await writers.WroteAsync(200);
        await writers.StopAsync();

        Assert.All(writers.Failures, f => Assert.Equal("25006", Assert.IsType<PostgresException>(f.Error).SqlState));
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.Equal(0, meter.PoolClears);
        Assert.Equal(0, meter.RentsWaiting);
    }

    [Fact]
    public async Task That_outlasts_the_patience_is_named_as_the_cause()
    {
        await using var server = await PostgresServer.StartNewAsync("default_transaction_read_only=on");
        await using var source = WritableDataSource.Create(server.ConnectionString(), o => o.FailoverTimeout = TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        Assert.Equal(ServerRole.ReadOnlyPrimary, Assert.Single(error.Answers).Role);
        Assert.True(error.IsTransient);
        Assert.InRange(error.Waited, TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(5));

        var unopened = source.CreateConnection();
        var refused = await Assert.ThrowsAnyAsync<NpgsqlException>(() => unopened.OpenAsync());
        Assert.Contains("set read-only", refused.ToString(), StringComparison.Ordinal);
    }
}
