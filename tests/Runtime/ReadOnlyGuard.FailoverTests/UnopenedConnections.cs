using System.Data;
using Dapper;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Connections that somebody else opens are validated inside that open, and swapped there when the pooled one is stale.</summary>
[Trait("Core", "yes")]
public sealed class UnopenedConnections : IAsyncLifetime
{
    const int Limit = 5;

    ReplicatedPair _pair = null!;
    LaggingBalancer _balancer = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        _balancer = new(_pair.Primary);
        _source = WritableDataSource.Create(_balancer.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (Limit, 5)));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _balancer.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Theory]
    [InlineData("Open")]
    [InlineData("OpenAsync")]
    [InlineData("Dapper")]
    [InlineData("Dapper async")]
    [InlineData("Command of the data source")]
    [InlineData("Reopened")]
    public async Task Are_swapped_inside_their_own_open(string how)
    {
        await StalePool.FillAsync(_source, _balancer, _pair.Standby, Limit - 1);
        _balancer.SwitchTo(_pair.Primary);
        using var meter = new GuardMeter();

        // As many as there are pooled connections, so that every stale one is met.
        var opened = new List<NpgsqlConnection>();
        for (var i = 0; i < Limit; i++)
            if (await WriteAsync(how, i) is { } connection)
                opened.Add(connection);
        foreach (var connection in opened)
            await connection.DisposeAsync();

        Assert.Equal(1, meter.PoolClears);
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    async Task<NpgsqlConnection?> WriteAsync(string how, int i)
    {
        var write = $"create table t{i} ()";
        if (how == "Command of the data source")
        {
            await using var command = _source.CreateCommand(write);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        var connection = _source.CreateConnection();
        switch (how)
        {
            case "Dapper":
                connection.Execute(write);
                await connection.DisposeAsync();
                return null;
            case "Dapper async":
                await connection.ExecuteAsync(write);
                await connection.DisposeAsync();
                return null;
            case "Open":
                connection.Open();
                break;
            case "Reopened":
                await connection.OpenAsync();
                await connection.CloseAsync();
                await connection.OpenAsync();
                break;
            default:
                await connection.OpenAsync();
                break;
        }
        Assert.Equal(ConnectionState.Open, connection.State);
        await connection.ExecuteAsync(write);
        return connection;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fail_and_leak_nothing_when_the_second_physical_connection_is_stale_too(bool async)
    {
        await StalePool.FillAsync(_source, _balancer, _pair.Standby, Limit - 1);

        for (var i = 0; i < 3 * Limit; i++)
        {
            await using var connection = _source.CreateConnection();
            // The first in the pool may still be the one that was proven writable.
            var refused = await Record.ExceptionAsync(async () =>
            {
                if (async)
                    await connection.OpenAsync();
                else
                    connection.Open();
            });
            if (i == 0 && refused is null)
                continue;
            Assert.Equal(ServerRole.HotStandby, Assert.IsType<ReadOnlyServerException>(refused).Answer.Role);
            Assert.Equal(ConnectionState.Closed, connection.State);
        }

        _balancer.SwitchTo(_pair.Primary);
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
        await Eventually.HoldsAsync(async () => await BackendsAsync(_pair.Standby) == 0, "the standby's connections to be closed");
        Assert.InRange(await BackendsAsync(_pair.Primary), 0, Limit);
    }

    static Task<long> BackendsAsync(PostgresServer server)
        => server.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");

    [Fact]
    public async Task Are_waited_for_when_their_initializer_cannot_run_on_a_standby()
    {
        var builder = new NpgsqlDataSourceBuilder(_balancer.ConnectionString());
        builder.UsePhysicalConnectionInitializer(c => c.Execute("listen news"), c => c.ExecuteAsync("listen news"));
        await using var source = builder.BuildWritable();
        _balancer.SwitchTo(_pair.Standby);
        using var meter = new GuardMeter();

        // A rent waits for the primary, as for any other reason that passes.
        var rent = Task.Run(async () => await source.OpenConnectionAsync());
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1 && meter.ChecksThatFound("failed") > 2, "the rent to wait");
        _balancer.SwitchTo(_pair.Primary);
        await using var connection = await rent;
        await connection.ExecuteAsync("create table t ()");
    }

    [Fact]
    public async Task That_were_cut_while_pooled_are_swapped_too()
    {
        await using (await _source.OpenConnectionAsync())
        {
        }
        _balancer.CloseSessions();
        await using var connection = _source.CreateConnection();
        // Nothing told the guard: within the interval the connection counts as fresh, and its first use fails. A suspicion tells.
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync("select 1");
        });
        await using var next = _source.CreateConnection();
        await next.OpenAsync();
        await next.ExecuteAsync("create table t ()");
    }

    [Fact]
    public async Task Are_bound_to_the_host_that_is_primary_and_refused_when_it_is_no_longer()
    {
        await using var source = WritableDataSource.Create(
            $"Host={_pair.Standby.Host}:{_pair.Standby.Port},{_pair.Primary.Host}:{_pair.Primary.Port};Username=postgres;Database=postgres");
        var unopened = source.CreateConnection();

        await _pair.FailOverAsync();
        await _pair.RejoinAsync();
        var refused = await Assert.ThrowsAsync<ReadOnlyServerException>(() => unopened.OpenAsync());
        Assert.True(refused.IsTransient);

        await using var created = source.CreateConnection();
        await created.OpenAsync();
        Assert.Equal(_pair.Primary.Port, created.Port);
        await created.ExecuteAsync("create table t ()");
    }
}
