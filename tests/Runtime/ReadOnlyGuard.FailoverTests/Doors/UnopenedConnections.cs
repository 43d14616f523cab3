using Dapper;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>A connection that is made now and opened later, by whoever was given it.</summary>
[Trait("Core", "yes")]
public sealed class UnopenedConnections : IAsyncLifetime
{
    ReplicatedPair _pair = null!;
    LaggingBalancer _balancer = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        _balancer = new(_pair.Primary);
        _source = WritableDataSource.Create(_balancer.ConnectionString(c => c.Timeout = 5));
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
    [InlineData("Batch of the data source")]
    [InlineData("Reopened")]
    public async Task Wait_inside_their_own_open(string how)
    {
        using var meter = new GuardMeter();
        await WriteAsync(how, "create table before ()");
        _balancer.SwitchTo(_pair.Standby, closeSessions: true);

        var write = Task.Run(() => WriteAsync(how, "create table after ()"));
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1 || write.IsCompleted, "the open to wait");
        // The session that was cut is met by whoever uses it next, as with every pool.
        if (write.IsFaulted)
        {
            write = Task.Run(() => WriteAsync(how, "create table after ()"));
            await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the next open to wait");
        }
        _balancer.SwitchTo(_pair.Primary);
        await write;
        Assert.Equal(0, meter.RentsWaiting);
    }

    async Task WriteAsync(string how, string write)
    {
        if (how == "Command of the data source")
        {
            await using var command = _source.CreateCommand(write);
            await command.ExecuteNonQueryAsync();
            return;
        }
        if (how == "Batch of the data source")
        {
            await using var batch = _source.CreateBatch();
            var command = batch.CreateBatchCommand();
            command.CommandText = write;
            batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync();
            return;
        }
        await using var connection = _source.CreateConnection();
        switch (how)
        {
            case "Dapper":
                connection.Execute(write);
                return;
            case "Dapper async":
                await connection.ExecuteAsync(write);
                return;
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
        await connection.ExecuteAsync(write);
    }

    [Fact]
    public async Task Come_at_once_whatever_the_state_of_the_servers_and_are_bound_to_no_host()
    {
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_pair.Standby.Port},127.0.0.1:{_pair.Primary.Port};Username=postgres;Database=postgres");
        var kept = source.CreateConnection();
        await kept.OpenAsync();
        Assert.Equal(_pair.Primary.Port, kept.Port);
        await kept.CloseAsync();

        await _pair.Primary.StopAsync();
        // The session that was idle is dead, and whoever meets it learns of it.
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await kept.OpenAsync();
            await kept.ExecuteAsync("select 1");
        });
        await kept.CloseAsync();
        var made = source.CreateConnection();
        var opening = made.OpenAsync();
        Assert.False(opening.IsCompleted);
        await _pair.PromoteStandbyAsync();
        await opening;
        Assert.Equal(_pair.Primary.Port, made.Port);

        await kept.OpenAsync();
        Assert.Equal(_pair.Primary.Port, kept.Port);
        await kept.ExecuteAsync("create table t ()");
        await kept.DisposeAsync();
        await made.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_builder_with_an_initializer_run_it_and_wait_when_it_cannot_run_on_a_standby()
    {
        var builder = new NpgsqlDataSourceBuilder(_balancer.ConnectionString(c => c.Timeout = 5));
        var initialized = 0;
        builder.UsePhysicalConnectionInitializer(
            c =>
            {
                c.Execute("listen news");
                Interlocked.Increment(ref initialized);
            },
            async c =>
            {
                await c.ExecuteAsync("listen news");
                Interlocked.Increment(ref initialized);
            });
        await using var source = builder.BuildWritable();
        _balancer.SwitchTo(_pair.Standby);
        using var meter = new GuardMeter();

        var open = Task.Run(async () =>
        {
            var connection = source.CreateConnection();
            await connection.OpenAsync();
            return connection;
        });
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the open to wait");
        _balancer.SwitchTo(_pair.Primary);
        await using var connection = await open;
        await connection.ExecuteAsync("create table t ()");
        Assert.NotEqual(0, initialized);
    }
}
