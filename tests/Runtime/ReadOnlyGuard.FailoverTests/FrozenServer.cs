using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>A server whose processes are stopped while the kernel still accepts: a check hangs, and so would Npgsql's cancellation of it.</summary>
[Trait("Core", "yes")]
public sealed class FrozenServer : IAsyncLifetime
{
    const int Limit = 3;
    static readonly TimeSpan CheckTimeout = TimeSpan.FromMilliseconds(500);

    PostgresServer _server = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        _source = WritableDataSource.Create(_server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (Limit, 15)), o =>
        {
            o.ValidationInterval = TimeSpan.Zero;
            o.CheckTimeout = CheckTimeout;
            o.FailoverTimeout = TimeSpan.FromMilliseconds(500);
        });
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("OpenConnection")]
    [InlineData("OpenConnectionAsync")]
    public async Task Costs_a_rent_its_check_and_its_patience_and_not_Npgsqls_timeouts(string way)
    {
        _server.Freeze();
        var start = Stopwatch.GetTimestamp();
        var error = await Record.ExceptionAsync(async () =>
        {
            await using var connection = way == "OpenConnection" ? _source.OpenConnection() : await _source.OpenConnectionAsync();
        });
        var took = Stopwatch.GetElapsedTime(start);
        Assert.True(error is NoWritableServerException or ReadOnlyServerException, $"{error}");
        Assert.True(((NpgsqlException)error!).IsTransient);
        // CheckTimeout and FailoverTimeout are one second together, Npgsql's own timeouts 15 and 30.
        Assert.InRange(took, CheckTimeout * 0.9, TimeSpan.FromSeconds(4));

        _server.Thaw();
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
        await Eventually.HoldsAsync(async () => await _server.QueryAsync<long>(
            "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()") <= Limit,
            "the connections of abandoned checks to be closed");
    }

    [Fact]
    public async Task Does_not_block_the_thread_pool_with_the_checks_that_it_leaves_unanswered()
    {
        const int rents = 60;
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_server.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres", o =>
            {
                o.ValidationInterval = TimeSpan.Zero;
                o.CheckTimeout = TimeSpan.FromSeconds(1);
            });
        await PoolLimit.GivesDistinctBackendsAsync(source, rents);
        _server.Freeze();
        await standby.PromoteAsync();

        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, rents).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync();
            Assert.Equal(standby.Port, connection.Port);
        }));
        // Npgsql's cancellation of sixty checks would hold the few threads of the pool for the 15 s of Timeout, one batch after the other.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loses_the_rents_that_wait_for_its_pool_to_the_promoted_standby(bool lostBefore)
    {
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var link = new FaultyLink(_server);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{link.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres;Maximum Pool Size=2;Timeout=300",
            o => o.PeerCheckInterval = TimeSpan.FromMilliseconds(100));
        await using var first = await source.OpenConnectionAsync();
        await using var second = await source.OpenConnectionAsync();
        var waiting = source.OpenConnectionAsync().AsTask();
        _server.Freeze();
        if (lostBefore)
        {
            // It frees its place in the pool: the rent that waits opens a connection, and is not answered.
            link.FailOnceAt("select 'cut'", Fault.CutBefore);
            await using var cut = new NpgsqlCommand("select 'cut'", second);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => cut.ExecuteScalarAsync());
        }
        Assert.False(waiting.IsCompleted);
        await standby.PromoteAsync();

        await using var connection = await waiting;
        Assert.Equal(standby.Port, connection.Port);
        _server.Thaw();
    }

    [Theory]
    [InlineData("in its first command, which BEGIN goes out with")]
    [InlineData("in a later command")]
    [InlineData("between two commands")]
    public async Task Loses_operations_that_are_stuck_where_that_is_wanted(string where)
    {
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_server.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres;Timeout=1;Command Timeout=0",
            o => (o.PeerCheckInterval, o.CancelReplacedOperations) = (TimeSpan.FromMilliseconds(10), true));
        var ports = new List<int>();
        await source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            ports.Add(connection.Port);
            if (ports.Count > 1)
                return;
            // Longer than looks go on for which nobody rents.
            await using var busy = new NpgsqlCommand("select pg_sleep(1)", connection);
            if (!where.StartsWith("in its first", StringComparison.Ordinal))
                await busy.ExecuteNonQueryAsync(token);
            _server.Freeze();
            await using var command = new NpgsqlCommand("select 1", connection);
            var stuck = where.StartsWith("between", StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, token) : command.ExecuteScalarAsync(token);
            await standby.PromoteAsync();
            await stuck;
        });
        Assert.Equal([_server.Port, standby.Port], ports);
    }

    [Theory]
    [InlineData(CommitOutcome.Throw)]
    [InlineData(CommitOutcome.Resolve)]
    public async Task Is_not_believed_when_it_thaws_and_answers_a_commit(CommitOutcome outcome)
    {
        await _server.ExecuteAsync("create table entries (n int)");
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var link = new FaultyLink(_server);
        using var logs = new RecordedLogs();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{link.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres",
            o => (o.PeerCheckInterval, o.LoggerFactory) = (TimeSpan.FromMilliseconds(100), logs));
        // The server gets the COMMIT when it is frozen, and answers it when it has been replaced.
        var left = 1;
        link.Plan = async request =>
        {
            if (request.Contains("readonlyguard_commit", StringComparison.Ordinal) && Interlocked.Exchange(ref left, 0) == 1)
            {
                _server.Freeze();
                _ = ThawReplacedAsync();
            }
            return Fault.None;
        };
        async Task ThawReplacedAsync()
        {
            await standby.PromoteAsync();
            await Eventually.HoldsAsync(() => logs.Entries.Any(entry => entry.Event == 12), "the promotion to be seen");
            _server.Thaw();
        }
        var runs = 0;
        var operation = source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var insert = new NpgsqlCommand($"insert into entries values ({++runs})", connection);
            await insert.ExecuteNonQueryAsync(token);
        }, new() { CommitOutcome = outcome });

        if (outcome == CommitOutcome.Throw)
            Assert.IsType<NpgsqlException>((await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => operation)).InnerException);
        else
            await operation;
        Assert.Equal(outcome == CommitOutcome.Throw ? [] : [2], await standby.QueryAsync<int[]>("select coalesce(array_agg(n), '{}') from entries"));
        Assert.Equal(1, await _server.QueryAsync<int>("select n from entries"));
    }

    [Fact]
    public async Task Is_left_for_the_promoted_standby()
    {
        await using var standby = await PostgresServer.StartStandbyOfAsync(_server);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_server.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres", o =>
            {
                o.ValidationInterval = TimeSpan.Zero;
                o.CheckTimeout = CheckTimeout;
            });
        await using (await source.OpenConnectionAsync())
        {
        }
        _server.Freeze();
        await standby.PromoteAsync();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(standby.Port, connection.Port);
    }
}
