using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Somebody else's plain data source, or a connection string's pool, heals after a failover; more is not promised.</summary>
public sealed class WatchedRawSources(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(true, "serializable")]
    [InlineData(false)]
    public async Task Write_again_behind_a_balancer_that_lags(bool watched, string isolation = "read committed")
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync($"create table entries (n int); create role app login; grant all on entries to app; alter role app set default_transaction_isolation = '{isolation}'");
        await pair.CatchUpAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await using var source = NpgsqlDataSource.Create(balancer.ConnectionString(c => c.Username = "app"));
        // Npgsql loads types with its first connection.
        await WriteAsync(source);
        source.Clear();
        using var logs = new RecordedLogs();
        await using var watcher = watched ? RecoveryWatcher.Watch(source, logs) : null;
        using var meter = new GuardMeter();

        // The balancer lags: what is opened now leads to the standby, and stays in the pool.
        balancer.SwitchTo(pair.Standby);
        await FillAsync(source, 5);
        Assert.Equal(isolation == "serializable" ? "0A000" : "25006", (await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(source))).SqlState);
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
    public async Task Of_several_hosts_go_on_before_Npgsql_would_look_again()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(pair.Primary);
        await using var source = new NpgsqlDataSourceBuilder(TwoHosts(pair)).BuildMultiHost();
        await using var watcher = RecoveryWatcher.Watch(source);
        await using var primary = source.WithTargetSession(TargetSessionAttributes.ReadWrite);
        await GoesOnAsync(pair, () => primary.OpenConnectionAsync());
    }

    [Fact]
    public async Task Pools_of_a_string_with_several_hosts_go_on_too()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(pair.Primary);
        var connectionString = TwoHosts(pair) + ";Target Session Attributes=read-write";
        await using var watcher = RecoveryWatcher.Watch(connectionString);
        await GoesOnAsync(pair, () => OpenAsync(connectionString));
    }

    [Fact]
    public async Task Pool_of_a_string_writes_again_behind_a_balancer_that_lags()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table entries (n int)");
        await pair.CatchUpAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        var connectionString = balancer.ConnectionString();
        using var logs = new RecordedLogs();
        await using var watcher = RecoveryWatcher.Watch(connectionString, logs);

        balancer.SwitchTo(pair.Standby);
        Assert.Equal("25006", (await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(connectionString))).SqlState);
        balancer.SwitchTo(pair.Primary);

        await Eventually.HoldsAsync(() => logs.Entries.Any(entry => entry.Event == 11), "the pool to recover");
        await WriteAsync(connectionString);
    }

    [Fact]
    public async Task Are_not_cleared_for_the_applications_own_read_only_transaction()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        using var logs = new RecordedLogs();
        await using var watcher = RecoveryWatcher.Watch(source, logs);
        await FillAsync(source, 3);

        // It looks at what happens anywhere in the process.
        await using var elsewhere = NpgsqlDataSource.Create(server.ConnectionString(c => c.ApplicationName = "elsewhere"));
        for (var looks = 0; looks < 5; looks++)
        {
            var before = await server.QueryAsync<DateTime>("select clock_timestamp()");
            await FailReadOnlyAsync(elsewhere);
            await Eventually.HoldsAsync(async () => await LookedAtSinceAsync(server, before) == 3, "the look");
        }
        Assert.Empty(logs.Entries);
        Assert.Equal(3, await CountAsync(server));
    }

    [Fact]
    public async Task Are_watched_on_after_an_exception_that_is_not_Npgsqls()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table entries (n int)");
        await pair.CatchUpAsync();
        await using var balancer = new LaggingBalancer(pair.Standby);
        var failing = 0;
        var builder = new NpgsqlDataSourceBuilder(balancer.ConnectionString());
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => Volatile.Read(ref failing) > 0 && Interlocked.Decrement(ref failing) >= 0
            ? throw new InvalidOperationException("the application's own")
            : Task.CompletedTask);
        await using var source = builder.Build();
        using var logs = new RecordedLogs();
        await using var watcher = RecoveryWatcher.Watch(source, logs);
        await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(source));
        // Met by the watcher alone: it asks what the pool leads to.
        Volatile.Write(ref failing, 3);
        await Eventually.HoldsAsync(() => Volatile.Read(ref failing) <= 0, "the watcher to meet it");
        balancer.SwitchTo(pair.Primary);

        await Eventually.HoldsAsync(() => logs.Entries.Any(entry => entry.Event == 11), "the pool to recover");
        await WriteAsync(source);
    }

    [Fact]
    public async Task Are_left_alone_once_the_watcher_is_disposed()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        var watcher = RecoveryWatcher.Watch(source);
        await watcher.DisposeAsync();
        await watcher.DisposeAsync();

        Assert.Throws<ArgumentNullException>(() => RecoveryWatcher.Watch((NpgsqlDataSource)null!));
        Assert.Throws<ArgumentNullException>(() => RecoveryWatcher.Watch((string)null!));
        await using var connection = await source.OpenConnectionAsync();
    }

    /// <summary>Npgsql by itself believes for ten seconds what it learned of a host.</summary>
    async Task GoesOnAsync(ReplicatedPair pair, Func<ValueTask<NpgsqlConnection>> open)
    {
        // In an outage each would fail thousands of times a second, and keep the servers from starting.
        await using var writers = Writers.Start(async (writer, number) =>
        {
            await Task.Delay(5);
            await using var connection = await open();
            await Writers.InsertAsync(connection, writer, number);
        }, writers: 4);
        await writers.WroteAsync(100);
        await pair.FailOverAsync();
        var promoted = Stopwatch.GetTimestamp();
        await writers.WroteAsync(100);
        await writers.StopAsync();
        var first = Stopwatch.GetElapsedTime(promoted, writers.FirstSuccessAfter(promoted));
        output.WriteLine($"{writers.Failures.Count} failed, first success {first.TotalMilliseconds:0} ms after the promotion");
        Assert.InRange(first, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    static string TwoHosts(ReplicatedPair pair)
        => $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres";

    static async ValueTask<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    static async Task WriteAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("insert into entries values (1)", connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task FailReadOnlyAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("begin read only; create table t ()", connection);
        Assert.Equal("25006", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    static Task<long> LookedAtSinceAsync(PostgresServer server, DateTime moment)
        => server.QueryAsync<long>($"select count(*) from pg_stat_activity where query like '%backend_start%' and query_start > '{moment:O}' and pid <> pg_backend_pid()");

    static Task<long> CountAsync(PostgresServer server)
        => server.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and application_name <> 'elsewhere' and pid <> pg_backend_pid()");

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
