using Npgsql;
using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The server ends sessions that were idle for too long (57P05). It is well: nobody looks for another.</summary>
public sealed class SessionsThatTimedOut : IAsyncLifetime
{
    const int Sessions = 8;

    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync() => _pair = await ReplicatedPair.StartAsync();

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    [Theory]
    [InlineData(Door.Rent, 0)]
    // Nobody asks a pooled connection before it is handed out: it fails once, as with Npgsql alone.
    [InlineData(Door.Unopened, Sessions)]
    [InlineData(Door.Shared, Sessions)]
    public async Task Are_no_reason_to_look_for_another_server(string door, int mayFail)
    {
        await _pair.Primary.ExecuteAsync("create role app login; alter role app set idle_session_timeout = '300ms'");
        await _pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=app;Database=postgres;Application Name=app",
            options => (options.ValidationInterval, options.PeerCheckInterval) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(100)));
        var open = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Door.OpenAsync(door, source).AsTask()));
        var ids = string.Join(',', open.Select(connection => connection.ProcessID));
        foreach (var connection in open)
            await connection.DisposeAsync();
        await Eventually.HoldsAsync(
            () => _pair.Primary.QueryAsync<bool>($"select not exists (select from pg_stat_activity where pid in ({ids}))"), "the sessions to end");

        using var meter = new GuardMeter();
        var failed = 0;
        for (var i = 0; i < 2 * Sessions; i++)
        {
            await using var connection = await Door.OpenAsync(door, source);
            Assert.Equal(_pair.Primary.Port, connection.Port);
            await using var command = new NpgsqlCommand("select 1", connection);
            if (await Record.ExceptionAsync(() => command.ExecuteScalarAsync()) is not null)
                failed++;
        }
        Assert.InRange(failed, 0, mayFail);
        if (door == Door.Rent)
            Assert.Equal(0, meter.Searches);
    }
}
