using Npgsql;
using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// An asynchronous application whose callbacks throw in their synchronous half, as Npgsql advises: no connection of the guard's own may call
/// it, nor may one of a synchronous application need the asynchronous half.
/// </summary>
public sealed class AsynchronousOnlyCallbacks : IAsyncLifetime
{
    ReplicatedPair _pair = null!;
    int _synchronous, _asynchronous;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(_pair.Primary);
        await _pair.CatchUpAsync();
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    WritableDataSource Source(bool severalHosts)
    {
        var builder = new NpgsqlDataSourceBuilder(severalHosts
            ? $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres"
            : _pair.Primary.ConnectionString());
        builder.UsePhysicalConnectionInitializer(
            _ => Interlocked.Increment(ref _synchronous),
            _ =>
            {
                Interlocked.Increment(ref _asynchronous);
                return Task.CompletedTask;
            });
        return builder.BuildWritable(options => options.PeerCheckInterval = TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Unopened)]
    [InlineData(Door.Shared)]
    public async Task Are_never_called_synchronously_through_a_failover(string door)
    {
        await using var source = Source(severalHosts: true);
        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), onThreads: false);
        await writers.WroteAsync(200);
        await _pair.FailOverAsync();
        await writers.WroteAsync(200);
        await writers.StopAsync();
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.Equal(0, _synchronous);
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Unopened)]
    public async Task Are_never_called_synchronously_after_a_broken_connection(string door)
    {
        await using var source = Source(severalHosts: false);
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await Door.OpenAsync(door, source);
            await _pair.Primary.ExecuteAsync($"select pg_terminate_backend({connection.ProcessID}, 5000)");
            await using var command = new NpgsqlCommand("select 1", connection);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
        }
        await using (await Door.OpenAsync(door, source))
            Assert.Equal(0, _synchronous);
    }

    [Fact]
    public async Task Are_never_called_synchronously_to_find_out_about_a_COMMIT()
    {
        await using var source = Source(severalHosts: false);
        var options = new WriteTransactionOptions { CommitOutcome = CommitOutcome.Resolve };
        for (var i = 0; i < 2; i++)
            await source.ExecuteInTransactionAsync((connection, _) => Writers.InsertAsync(connection, 1, i), options);
        Assert.Equal(0, _synchronous);
    }

    [Fact]
    public async Task Are_called_synchronously_alone_where_the_application_is_synchronous()
    {
        await using var source = Source(severalHosts: true);
        await using var writers = Writers.Start(_ => new(source.OpenConnection()), onThreads: true);
        await writers.WroteAsync(100);
        var before = Volatile.Read(ref _asynchronous);
        await _pair.FailOverAsync();
        await writers.WroteAsync(100);
        await writers.StopAsync();
        Assert.Equal(before, _asynchronous);
    }
}
