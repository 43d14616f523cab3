using Npgsql;
using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Two independent clusters in one host list: by mistake, or because one shall replace the other.</summary>
public sealed class TwoClusters : IAsyncLifetime
{
    const int OtherCluster = 14, ClusterReplaced = 5;

    readonly RecordedLogs _logs = new();
    PostgresServer _first = null!, _second = null!;

    public async ValueTask InitializeAsync() => (_first, _second) = (await PostgresServer.StartNewAsync(), await PostgresServer.StartNewAsync());

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    WritableDataSource Source(params PostgresServer[] hosts) => WritableDataSource.Create(
        $"Host={string.Join(',', hosts.Select(host => $"127.0.0.1:{host.Port}"))};Username=postgres;Database=postgres", options =>
        {
            (options.PeerCheckInterval, options.ValidationInterval) = (TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
            options.LoggerFactory = _logs;
        });

    static async Task<int> PortAsync(WritableDataSource source, string door = Door.Rent)
    {
        await using var connection = await Door.OpenAsync(door, source);
        return connection.Port;
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Unopened)]
    [InlineData(Door.Shared)]
    public async Task The_order_of_the_hosts_decides_at_the_start(string door)
    {
        for (var i = 0; i < 10; i++)
        {
            await using (var source = Source(_first, _second))
                Assert.Equal(_first.Port, await PortAsync(source, door));
            await using (var source = Source(_second, _first))
                Assert.Equal(_second.Port, await PortAsync(source, door));
        }
    }

    [Fact]
    public async Task The_order_of_the_hosts_decides_again_once_the_past_is_forgotten()
    {
        await using var source = Source(_first, _second);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(_first.Port, await PortAsync(source));
            source.Clear();
        }
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Unopened)]
    [InlineData(Door.Shared)]
    public async Task A_broken_connection_is_no_reason_to_use_the_other_one(string door)
    {
        await using var source = Source(_first, _second);
        for (var i = 0; i < 10; i++)
        {
            await using (var connection = await Door.OpenAsync(door, source))
            {
                Assert.Equal(_first.Port, connection.Port);
                await _first.ExecuteAsync($"select pg_terminate_backend({connection.ProcessID}, 5000)");
                await using var command = new NpgsqlCommand("select 1", connection);
                await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
            }
            Assert.Equal(_first.Port, await PortAsync(source, door));
        }
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Shared)]
    public async Task The_one_in_use_is_waited_for_while_it_restarts_and_left_when_it_does_not_come_back(string door)
    {
        await using var source = Source(_first, _second);
        Assert.Equal(_first.Port, await PortAsync(source, door));
        await _first.StopAsync();
        var waiting = PortAsync(source, door);
        await _first.StartAsync();
        Assert.Equal(_first.Port, await waiting);

        await _first.StopAsync();
        // Nobody asks a pooled connection of a shared source before it is handed out: the first may be one to the server that was stopped.
        await Eventually.HoldsAsync(async () => await PortAsync(source, door) == _second.Port, "the other one to be used", TimeSpan.FromSeconds(40));
        Assert.Single(_logs.Entries, entry => entry.Event == ClusterReplaced);
        await _first.StartAsync();
        Assert.Equal(_second.Port, await PortAsync(source, door));
    }

    [Fact]
    public async Task A_warning_names_both_once()
    {
        await using var source = Source(_first, _second);
        await PortAsync(source);
        await Eventually.HoldsAsync(() => _logs.Entries.Any(entry => entry.Event == OtherCluster), "the warning");
        for (var i = 0; i < 10; i++)
            await PortAsync(source);
        var warning = Assert.Single(_logs.Entries, entry => entry.Event == OtherCluster).Text;
        Assert.Contains($"127.0.0.1:{_first.Port}", warning);
        Assert.Contains($"127.0.0.1:{_second.Port}", warning);
    }
}
