using System.Data.Common;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Every way a rent can end without a connection: in its documented exception, in its time, with nothing leaked.</summary>
public sealed class RentsThatEndEarly : IAsyncLifetime
{
    const int Limit = 3;

    PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    WritableDataSource Source(Action<WritableDataSourceOptions>? configure = null)
        => WritableDataSource.Create(_server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (Limit, 1)), configure);

    static async Task<(Exception Error, TimeSpan Took)> FailsAsync(WritableDataSource source, bool async, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var error = await Record.ExceptionAsync(async () =>
        {
            await using var connection = async ? await source.OpenConnectionAsync(cancellationToken) : source.OpenConnection();
        });
        Assert.NotNull(error);
        return (error, Stopwatch.GetElapsedTime(start));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exhausted_pool_is_Npgsqls_own_error_and_no_signal(bool async)
    {
        await using var source = Source();
        var rented = new List<NpgsqlConnection>();
        for (var i = 0; i < Limit; i++)
            rented.Add(await source.OpenConnectionAsync());
        using var meter = new GuardMeter();

        var (error, _) = await FailsAsync(source, async);
        Assert.IsType<TimeoutException>(Assert.IsType<NpgsqlException>(error).InnerException);
        Assert.Equal(0, meter.PoolClears);

        // The primary is still believed to be one: nobody searches for it.
        foreach (var connection in rented)
            await connection.DisposeAsync();
        var searches = meter.Searches;
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
        Assert.Equal(searches, meter.Searches);
    }

    [Fact]
    public async Task A_token_cancelled_before_the_rent()
    {
        await using var source = Source();
        var (error, _) = await FailsAsync(source, async: true, new CancellationToken(canceled: true));
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    [Fact]
    public async Task A_token_cancelled_during_the_search_ends_it_for_the_last_waiter()
    {
        await using var source = Source();
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        using var meter = new GuardMeter();
        using var cancellation = new CancellationTokenSource();
        var rent = FailsAsync(source, async: true, cancellation.Token);
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the rent to wait");
        await cancellation.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>((await rent).Error);
        Assert.Equal(0, meter.RentsWaiting);

        await _server.AlterSystemAsync("default_transaction_read_only", null);
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    [Fact]
    public async Task A_token_cancelled_during_the_check_leaves_the_check_to_itself()
    {
        await using var source = Source(o => o.ValidationInterval = TimeSpan.Zero);
        await using (await source.OpenConnectionAsync())
        {
        }
        _server.Freeze();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var (error, took) = await FailsAsync(source, async: true, cancellation.Token);
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        _server.Thaw();
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Patience_zero_asks_every_host_once_and_fails_at_once(bool async)
    {
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_server.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres", o => (o.FailoverTimeout, o.ValidationInterval) = (TimeSpan.Zero, TimeSpan.Zero));
        await using (await source.OpenConnectionAsync())
        {
        }
        await _server.StopAsync();

        var (error, took) = await FailsAsync(source, async);
        var none = Assert.IsType<NoWritableServerException>(error);
        Assert.Equal([ServerRole.Unknown, ServerRole.HotStandby], none.Answers.Select(a => a.Role));
        Assert.Equal([_server.Port, standby.Port], none.Answers.Select(a => a.Port));
        Assert.True(none.IsTransient);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Patience_that_runs_out_says_how_long_it_waited_and_what_each_host_answered(bool async)
    {
        await using var source = Source(o => o.FailoverTimeout = TimeSpan.FromMilliseconds(300));
        await _server.StopAsync();
        var (error, _) = await FailsAsync(source, async);
        var none = Assert.IsType<NoWritableServerException>(error);
        Assert.InRange(none.Waited, TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(5));
        Assert.NotNull(Assert.Single(none.Answers).Error);
        Assert.NotNull(none.InnerException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_disposed_during_the_search(bool async)
    {
        var source = Source();
        await _server.StopAsync();
        using var meter = new GuardMeter();
        var rent = Task.Run(() => FailsAsync(source, async));
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the rent to wait");
        await source.DisposeAsync();
        Assert.IsType<ObjectDisposedException>((await rent).Error);
        Assert.Throws<ObjectDisposedException>(source.CreateConnection);
    }

    [Fact]
    public async Task A_logger_that_throws_ends_neither_the_rent_nor_the_search()
    {
        using var logs = new RecordedLogs { Throws = true };
        await using var source = Source(o => o.LoggerFactory = logs);
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        using var meter = new GuardMeter();
        var rent = Task.Run(async () => await source.OpenConnectionAsync());
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the rent to wait");
        await _server.AlterSystemAsync("default_transaction_read_only", null);
        await (await rent).DisposeAsync();
        Assert.Equal([1, 2], logs.Entries.Select(entry => entry.Event));
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    [Fact]
    public async Task A_wrong_password_reaches_the_caller_at_once_and_unchanged()
    {
        await _server.ExecuteAsync("create role locked login password 'right'");
        await File.WriteAllTextAsync(Path.Combine(_server.DataDirectory, "pg_hba.conf"),
            "host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
        await _server.ExecuteAsync("select pg_reload_conf()");
        foreach (var hosts in new[] { $"127.0.0.1:{_server.Port}", $"127.0.0.1:{_server.Port},localhost:{_server.Port}" })
        {
            using var logs = new RecordedLogs();
            using var meter = new GuardMeter();
            await using var source = WritableDataSource.Create(
                $"Host={hosts};Username=locked;Password=planted-secret;Database=postgres", o => o.LoggerFactory = logs);
            await Eventually.HoldsAsync(async () =>
            {
                var (error, took) = await FailsAsync(source, async: true);
                Assert.DoesNotContain("planted-secret", error.ToString(), StringComparison.Ordinal);
                Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
                var refused = error as PostgresException ?? Assert.IsType<NoWritableServerException>(error).InnerException as PostgresException;
                Assert.False(((DbException)error).IsTransient);
                return refused?.SqlState == "28P01";
            }, "the changed pg_hba.conf");
            Assert.DoesNotContain(logs.Entries, e => e.Text.Contains("planted-secret", StringComparison.Ordinal));
            Assert.DoesNotContain(meter.Tags, tag => tag.Contains("planted-secret", StringComparison.Ordinal));
        }
    }
}
