using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>SQLSTATE 25006 that the application brought about itself is no failover.</summary>
[Trait("Core", "yes")]
public sealed class ApplicationsOwnReadOnlyTransactions
{
    [Fact]
    public async Task Reach_the_caller_unchanged_and_disturb_nobody()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(server);
        await using var source = WritableDataSource.Create(server.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = Writers.Start(source);
        await writers.WroteAsync(50);

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
            await using var begin = new NpgsqlCommand("begin read only", connection);
            await begin.ExecuteNonQueryAsync(CancellationToken.None);
            var error = await Assert.ThrowsAsync<PostgresException>(() => Writers.InsertAsync(connection, -1, (int)i));
            Assert.Equal("25006", error.SqlState);
        });
        await writers.WroteAsync(50);
        await writers.StopAsync();

        Assert.Empty(writers.Failures);
        Assert.Equal(0, meter.PoolClears);
        Assert.Equal(0, meter.Searches);
        Assert.Equal(1000, meter.ReadOnlyErrors);
    }
}
