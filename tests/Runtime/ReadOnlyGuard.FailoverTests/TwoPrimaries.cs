using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The standby is promoted and the old primary is not fenced: both accept writes, and no error tells them apart.</summary>
[Trait("Core", "yes")]
public sealed class TwoPrimaries : IAsyncLifetime
{
    const int SplitBrain = 12;
    static readonly TimeSpan PeerCheckInterval = TimeSpan.FromMilliseconds(200);

    readonly RecordedLogs _logs = new();
    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(_pair.Primary);
        await _pair.CatchUpAsync();
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    /// <summary>Both hosts, the first primary first: without a look at the other it would be taken for the primary for ever.</summary>
    WritableDataSource Source(Action<WritableDataSourceOptions>? configure = null)
    {
        var (first, second) = _pair.Primary.Port == _firstPort ? (_pair.Primary, _pair.Standby) : (_pair.Standby, _pair.Primary);
        return WritableDataSource.Create($"Host=127.0.0.1:{first.Port},127.0.0.1:{second.Port};Username=postgres;Database=postgres", options =>
        {
            options.PeerCheckInterval = PeerCheckInterval;
            options.LoggerFactory = _logs;
            configure?.Invoke(options);
        });
    }

    int _firstPort;

    async Task PromoteAsync()
    {
        _firstPort = _pair.Primary.Port;
        await _pair.PromoteStandbyAsync();
    }

    static async Task<int> RentedPortAsync(WritableDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return connection.Port;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lose_only_what_was_written_before_the_promotion_was_seen(bool transactions)
    {
        _firstPort = _pair.Primary.Port;
        await using var source = Source();
        using var meter = new GuardMeter();
        await using var writers = transactions ? Writers.StartTransactions(source) : Writers.Start(source);
        await writers.WroteAsync(300);
        await _pair.PromoteStandbyAsync();
        var promoted = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(() => _logs.Entries.Any(entry => entry.Event == SplitBrain), "the promotion to be seen");
        var seen = Stopwatch.GetTimestamp();
        await writers.WroteAsync(1000);
        await writers.StopAsync();

        var lost = await writers.LostAsync(_pair.Primary);
        var late = lost.Count == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(promoted, lost.Max(row => row.At));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"Promotion seen after {Stopwatch.GetElapsedTime(promoted, seen).TotalMilliseconds:F0} ms; {lost.Count} acknowledged writes lost, the last {late.TotalMilliseconds:F0} ms after it.");
        Assert.All(lost, row => Assert.True(row.RentedAt < seen, $"Lost although rented {Stopwatch.GetElapsedTime(seen, row.RentedAt)} after the promotion was seen."));
        // The old one had acknowledged these when the new one was seen, and was not believed any more.
        Assert.All(writers.Failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
        Assert.All(writers.Failures.GroupBy(failure => failure.Writer), writer => Assert.Single(writer));
        Assert.Equal(1, meter.PoolClears);
        Assert.Single(_logs.Entries, entry => entry.Event == SplitBrain);
    }

    [Fact]
    public async Task Are_told_apart_by_a_process_that_begins_later()
    {
        await PromoteAsync();
        for (var i = 0; i < 10; i++)
        {
            await using var source = Source();
            Assert.Equal(_pair.Primary.Port, await RentedPortAsync(source));
        }
    }

    [Theory]
    [InlineData("OpenConnectionAsync")]
    [InlineData("OpenConnection")]
    [InlineData("unopened")]
    public async Task Are_told_apart_by_the_first_rent_after_a_pause(string way)
    {
        _firstPort = _pair.Primary.Port;
        await using var source = Source(options => options.PeerCheckInterval = TimeSpan.FromMilliseconds(20));
        Assert.Equal(_firstPort, await RentedPortAsync(source));
        await Eventually.HoldsAsync(async () => await LooksAsync(_pair.Standby) == 0, "the looks to stop");
        await using var unopened = source.CreateConnection();
        await PromoteAsync();

        await using var connection = way switch
        {
            "OpenConnection" => source.OpenConnection(),
            "OpenConnectionAsync" => await source.OpenConnectionAsync(),
            _ => unopened,
        };
        if (way == "unopened")
            await unopened.OpenAsync();
        Assert.Equal(_pair.Primary.Port, connection.Port);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Do_not_get_the_commit_of_an_operation_that_began_before_the_promotion_was_seen(bool async)
    {
        _firstPort = _pair.Primary.Port;
        await using var source = Source();
        var ports = new List<int>();
        async Task WriteAsync(NpgsqlConnection connection)
        {
            ports.Add(connection.Port);
            await Writers.InsertAsync(connection, 1, ports.Count);
            if (ports.Count > 1)
                return;
            await _pair.PromoteStandbyAsync();
            await Eventually.HoldsAsync(() => _logs.Entries.Any(entry => entry.Event == SplitBrain), "the promotion to be seen");
        }
        if (async)
            await source.ExecuteInTransactionAsync((connection, _) => WriteAsync(connection));
        else
            await Task.Run(() => source.ExecuteInTransaction(connection => WriteAsync(connection).GetAwaiter().GetResult()));
        Assert.Equal([_pair.Standby.Port, _pair.Primary.Port], ports);
        Assert.Equal(2, await _pair.Primary.QueryAsync<int>("select number from ledger"));
        Assert.Equal(0, await _pair.Standby.QueryAsync<long>("select count(*) from ledger"));
    }

    [Fact]
    public async Task Leave_no_writable_one_if_the_promoted_one_is_read_only()
    {
        _firstPort = _pair.Primary.Port;
        await using var source = Source(options => (options.FailoverTimeout, options.ValidationInterval) = (TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(_firstPort, await RentedPortAsync(source));
        await _pair.Standby.AlterSystemAsync("default_transaction_read_only", "on");
        await PromoteAsync();

        NoWritableServerException? none = null;
        await Eventually.HoldsAsync(async () => (none = await Record.ExceptionAsync(() => RentedPortAsync(source)) as NoWritableServerException) is not null, "the old primary to be refused");
        Assert.Equal([ServerRole.StalePrimary, ServerRole.ReadOnlyPrimary], none!.Answers.Select(answer => answer.Role));

        await _pair.Primary.AlterSystemAsync("default_transaction_read_only", null);
        Assert.Equal(_pair.Primary.Port, await RentedPortAsync(source));
    }

    [Fact]
    public async Task Are_one_again_when_the_old_one_follows_and_may_be_promoted_back()
    {
        _firstPort = _pair.Primary.Port;
        await using var source = Source();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(_pair.Primary.Port, await RentedPortAsync(source));
            await _pair.PromoteStandbyAsync();
            await Eventually.HoldsAsync(() => _logs.Entries.Count(entry => entry.Event == SplitBrain) == i + 1, "the promotion to be seen");
            Assert.Equal(_pair.Primary.Port, await RentedPortAsync(source));
            await _pair.RejoinAsync();
        }
        Assert.Equal(_firstPort, await RentedPortAsync(source));
    }

    [Fact]
    public async Task Are_not_what_two_clusters_are()
    {
        await using var other = await PostgresServer.StartNewAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{other.Port};Username=postgres;Database=postgres", options =>
            {
                (options.PeerCheckInterval, options.ValidationInterval) = (TimeSpan.FromMilliseconds(10), TimeSpan.Zero);
                options.LoggerFactory = _logs;
            });
        var primary = await RentedPortAsync(source);
        var peer = primary == other.Port ? _pair.Primary : other;
        await Eventually.HoldsAsync(async () =>
        {
            Assert.Equal(primary, await RentedPortAsync(source));
            return await QueriesAsync(peer) >= 10;
        }, "ten looks at the other cluster");
        Assert.DoesNotContain(_logs.Entries, entry => entry.Event is SplitBrain or 5);
    }

    [Fact]
    public async Task Are_not_looked_for_where_that_is_turned_off()
    {
        await using var source = Source(options => options.PeerCheckInterval = Timeout.InfiniteTimeSpan);
        _firstPort = _pair.Primary.Port;
        Assert.Equal(_firstPort, await RentedPortAsync(source));
        await _pair.PromoteStandbyAsync();
        Assert.Equal(_firstPort, await RentedPortAsync(source));
    }

    [Fact]
    public async Task Are_looked_for_over_one_connection_a_server_and_only_while_connections_are_rented()
    {
        await using var source = Source(options => options.PeerCheckInterval = TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(_pair.Primary.Port, await RentedPortAsync(source));
            Assert.Equal(1, await LooksAsync(_pair.Standby));
            await Eventually.HoldsAsync(async () => await LooksAsync(_pair.Standby) == 0, "the looks to stop");
        }
    }

    [Fact]
    public async Task Are_looked_for_again_when_the_looking_connection_was_terminated()
    {
        await using var source = Source();
        _firstPort = _pair.Primary.Port;
        Assert.Equal(_firstPort, await RentedPortAsync(source));
        await _pair.Standby.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
        await PromoteAsync();
        await Eventually.HoldsAsync(async () => await RentedPortAsync(source) == _pair.Primary.Port, "the promotion to be seen");
    }

    /// <summary>How many connections the guard keeps on a server that is not its primary.</summary>
    static Task<long> LooksAsync(PostgresServer server)
        => server.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");

    static Task<long> QueriesAsync(PostgresServer server)
        => server.QueryAsync<long>("select xact_commit from pg_stat_database where datname = 'postgres'");
}
