using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Somebody else's plain data source heals after a failover; more is not promised.</summary>
public sealed class WatchedRawSources
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_again_behind_a_balancer_that_lags(bool watched)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table entries (n int)");
        await pair.CatchUpAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await using var source = NpgsqlDataSource.Create(balancer.ConnectionString());
        using var logs = new RecordedLogs();
        await using var watcher = watched ? RecoveryWatcher.Watch(source, logs) : null;
        using var meter = new GuardMeter();

        // The balancer lags: what is opened now leads to the standby, and stays in the pool.
        balancer.SwitchTo(pair.Standby);
        await FillAsync(source, 5);
        Assert.Equal("25006", (await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(source))).SqlState);
        balancer.SwitchTo(pair.Primary);

        if (watched)
        {
            await Eventually.HoldsAsync(() => logs.Entries.Any(entry => entry.Event == 11), "the pool to recover");
            await AllWriteAsync(source, 8);
            Assert.Equal(logs.Entries.Count(entry => entry.Event == 10), meter.PoolClears);
        }
        else
            for (var i = 0; i < 10; i++)
                await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(source));
    }

    [Fact]
    public async Task Of_several_hosts_write_to_the_one_that_was_promoted()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table entries (n int)");
        await pair.CatchUpAsync();
        await using var source = new NpgsqlDataSourceBuilder(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres;Host Recheck Seconds=3600").BuildMultiHost();
        using var logs = new RecordedLogs();
        await using var watcher = RecoveryWatcher.Watch(source, logs);
        await using var primary = source.WithTargetSession(TargetSessionAttributes.Primary);
        await FillAsync(primary, 3);

        await pair.FailOverAsync();
        await pair.RejoinAsync();
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await WriteAsync(primary);
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, "a write to the promoted server");
        await AllWriteAsync(primary, 4);
    }

    [Fact]
    public async Task Are_not_cleared_for_the_applications_own_read_only_transaction()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        using var logs = new RecordedLogs();
        await using var watcher = RecoveryWatcher.Watch(source, logs);
        await FillAsync(source, 3);
        var connections = await CountAsync(server);

        await using (var connection = await source.OpenConnectionAsync())
        await using (var command = new NpgsqlCommand("begin read only; create table t ()", connection))
            Assert.Equal("25006", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);

        // It has looked when it has opened the one connection that ends a look, beside the idle ones.
        await Eventually.HoldsAsync(async () => await CountAsync(server) == connections + 1, "the look to end");
        Assert.Empty(logs.Entries);
    }

    [Fact]
    public async Task Are_left_alone_once_the_watcher_is_disposed()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        var watcher = RecoveryWatcher.Watch(source);
        await watcher.DisposeAsync();
        await watcher.DisposeAsync();

        Assert.Throws<ArgumentNullException>(() => RecoveryWatcher.Watch(null!));
        await using var connection = await source.OpenConnectionAsync();
    }

    static Task<long> CountAsync(PostgresServer server)
        => server.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");

    static async Task FillAsync(NpgsqlDataSource source, int connections)
    {
        var rented = new List<NpgsqlConnection>();
        for (var i = 0; i < connections; i++)
            rented.Add(await source.OpenConnectionAsync());
        foreach (var connection in rented)
            await connection.DisposeAsync();
    }

    static async Task WriteAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("insert into entries values (1)");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>More at once than the pool had connections, so that none of them is an old one.</summary>
    static Task AllWriteAsync(NpgsqlDataSource source, int writers) => Task.WhenAll(Enumerable.Range(0, writers).Select(_ => WriteAsync(source)));
}
