using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Each way in which a host can fail: the writable one is reached if there is one, else the exception comes in time with every host's answer.</summary>
public sealed class HostsThatFail : IAsyncLifetime
{
    static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(1);

    PostgresServer _writable = null!;

    public async ValueTask InitializeAsync() => _writable = await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync() => await _writable.DisposeAsync();

    public sealed record Failing(int Port, Func<Exception?, bool> IsItsError, IAsyncDisposable Held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Held.DisposeAsync();
    }

    async Task<Failing> StartAsync(string failure)
    {
        switch (failure)
        {
            case "refuses":
                var stopped = await PostgresServer.StartNewAsync();
                await stopped.StopAsync();
                return new(stopped.Port, error => error is NpgsqlException { InnerException: SocketException }, stopped);

            case "drops every packet":
                var hole = new BlackHole();
                return new(hole.Port, error => error is null or NpgsqlException { InnerException: TimeoutException }, new Disposing(hole.Dispose));

            case "accepts and never answers":
                var frozen = await PostgresServer.StartNewAsync();
                frozen.Freeze();
                return new(frozen.Port, error => error is null or NpgsqlException { InnerException: TimeoutException }, frozen);

            case "has no connection left":
                var full = await PostgresServer.StartNewAsync("max_connections=4", "superuser_reserved_connections=1", "max_wal_senders=0");
                await full.ExecuteAsync("create role app login");
                var source = NpgsqlDataSource.Create(full.ConnectionString(c => c.Username = "app"));
                for (var i = 0; i < 3; i++)
                    _ = await source.OpenConnectionAsync();
                return new(full.Port, error => error is PostgresException { SqlState: "53300" }, full);

            case "is starting up":
                var starting = await PostgresServer.StartStandbyOfAsync(_writable);
                await starting.StopAsync();
                await File.AppendAllTextAsync(Path.Combine(starting.DataDirectory, "postgresql.conf"), "hot_standby = off\n");
                await starting.StartAsync();
                return new(starting.Port, error => error is PostgresException { SqlState: "57P03" }, starting);

            default:
                throw new ArgumentOutOfRangeException(nameof(failure), failure, null);
        }
    }

    public static TheoryData<string> Failures
        => ["refuses", "drops every packet", "accepts and never answers", "has no connection left", "is starting up"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Are_left_for_the_writable_one(string failure)
    {
        await using var failing = await StartAsync(failure);
        await _writable.ExecuteAsync("create role app login");
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{failing.Port},127.0.0.1:{_writable.Port};Username=app;Database=postgres", o => o.CheckTimeout = CheckTimeout);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3; i++)
        {
            await using var connection = i == 1 ? source.OpenConnection() : await source.OpenConnectionAsync();
            Assert.Equal(_writable.Port, connection.Port);
        }
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Are_named_with_their_answer_where_there_is_no_writable_one(string failure)
    {
        await using var failing = await StartAsync(failure);
        await using var standby = await PostgresServer.StartStandbyOfAsync(_writable);
        await _writable.ExecuteAsync("create role app login");
        await Eventually.HoldsAsync(() => standby.QueryAsync<bool>("select exists (select from pg_roles where rolname = 'app')"), "the role on the standby");
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{failing.Port},127.0.0.1:{standby.Port};Username=app;Database=postgres",
            o => (o.CheckTimeout, o.FailoverTimeout) = (CheckTimeout, TimeSpan.FromSeconds(2.5)));
        var none = await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        Assert.True(none.IsTransient);
        Assert.InRange(none.Waited, TimeSpan.FromSeconds(2.4), TimeSpan.FromSeconds(8));
        Assert.Equal([(failing.Port, ServerRole.Unknown), (standby.Port, ServerRole.HotStandby)], none.Answers.Select(answer => (answer.Port, answer.Role)));
        Assert.True(failing.IsItsError(none.Answers[0].Error), $"{none.Answers[0].Error}");
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Alone_end_a_rent_in_time_too(string failure)
    {
        await using var failing = await StartAsync(failure);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{failing.Port};Username=app;Database=postgres;Timeout=1",
            o => (o.CheckTimeout, o.FailoverTimeout) = (CheckTimeout, TimeSpan.FromSeconds(2)));
        var start = Stopwatch.GetTimestamp();
        var none = Assert.Throws<NoWritableServerException>(() => source.OpenConnection());
        Assert.Equal(failing.Port, Assert.Single(none.Answers).Port);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Are_waited_for_while_they_have_no_connection_left()
    {
        await using var full = await PostgresServer.StartNewAsync("max_connections=4", "superuser_reserved_connections=1", "max_wal_senders=0");
        await full.ExecuteAsync("create role app login");
        await using var others = NpgsqlDataSource.Create(full.ConnectionString(c => (c.Username, c.Pooling) = ("app", false)));
        var held = new List<NpgsqlConnection>();
        for (var i = 0; i < 3; i++)
            held.Add(await others.OpenConnectionAsync());
        await using var source = WritableDataSource.Create(full.ConnectionString(c => c.Username = "app"));
        using var meter = new GuardMeter();
        var rent = source.OpenConnectionAsync().AsTask();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the rent to wait");
        foreach (var connection in held)
            await connection.DisposeAsync();
        await using var rented = await rent;
        Assert.Equal(0, meter.PoolClears);
    }

    [Fact]
    public async Task That_are_slow_are_used_also_where_they_are_slower_than_a_check_may_be()
    {
        await using var link = new FaultyLink(_writable)
        {
            Plan = async request =>
            {
                if (request.Contains("pg_is_in_recovery", StringComparison.Ordinal))
                    await Task.Delay(TimeSpan.FromMilliseconds(500));
                return Fault.None;
            },
        };
        await using (var patient = WritableDataSource.Create(link.ConnectionString()))
        await using (await patient.OpenConnectionAsync())
        {
        }
        await using var hasty = WritableDataSource.Create(
            link.ConnectionString(), o => (o.CheckTimeout, o.FailoverTimeout) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(10)));
        // A late answer counts.
        await using (await hasty.OpenConnectionAsync())
        {
        }
    }

    [Fact]
    public async Task In_the_middle_of_it_leave_half_open_connections_that_cost_one_check()
    {
        await using var standby = await PostgresServer.StartStandbyOfAsync(_writable);
        await using var link = new FaultyLink(_writable);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{link.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres",
            o => (o.CheckTimeout, o.ValidationInterval, o.PeerCheckInterval) = (CheckTimeout, TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        await PoolLimit.GivesDistinctBackendsAsync(source, 5);
        // The server is gone without a word: what is sent to it is never answered.
        link.Plan = _ => new(Fault.Silence);
        await standby.PromoteAsync();
        using var meter = new GuardMeter();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(standby.Port, connection.Port);
        Assert.InRange(meter.ChecksThatFound("failed"), 1, 2);
    }

    [Fact]
    public async Task To_store_a_row_fail_with_their_own_error_and_lose_no_pool()
    {
        await _writable.ExecuteAsync("""
            create table entries (n int);
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
            create trigger full_disk before insert on entries for each row execute function refuse();
            """);
        await using var source = WritableDataSource.Create(_writable.ConnectionString());
        using var meter = new GuardMeter();
        var runs = 0;
        var error = await Assert.ThrowsAsync<PostgresException>(() => source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            runs++;
            await using var insert = new NpgsqlCommand("insert into entries values (1)", connection);
            await insert.ExecuteNonQueryAsync(token);
        }, new() { MaxAttempts = 2 }));
        // Npgsql gives up a connection over this error, and a lost connection is run again.
        Assert.Equal(("53100", 2), (error.SqlState, runs));
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(0, meter.PoolClears);
    }

    sealed class Disposing(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return default;
        }
    }
}
