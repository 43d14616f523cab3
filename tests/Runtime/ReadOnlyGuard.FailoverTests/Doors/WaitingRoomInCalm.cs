using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>While everything is well nobody comes to the waiting room.</summary>
public sealed class WaitingRoomInCalm : IAsyncLifetime
{
    const int Opens = 100_000;

    PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("SSL Mode=Disable;")]
    public async Task Nobody_comes_to_any_room_with_a_pool_that_suffices(string extra)
    {
        await using var source = WritableDataSource.Create(extra + _server.ConnectionString());
        await OpenAsync(source, callers: 8);
        var rooms = source.Waiting.Rooms;
        Assert.Equal(0, rooms.Rooms.Sum(room => room.Visits));
        Assert.Equal(0, rooms.Tripwire.Visits);
    }

    /// <summary>Opens look at every host before they queue, so some of them meet the tripwire, until it is taken away.</summary>
    [Fact]
    public async Task Hardly_anybody_comes_with_a_pool_that_does_not()
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => c.MaxPoolSize = 4));
        await OpenAsync(source, callers: 32);
        var rooms = source.Waiting.Rooms;
        Assert.InRange(rooms.Rooms.Sum(room => room.Visits) + rooms.Tripwire.Visits, 0, Opens / 100);
    }

    static Task OpenAsync(WritableDataSource source, int callers)
        => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Opens / callers; i++)
            {
                await using var connection = source.CreateConnection();
                await connection.OpenAsync();
            }
        })));

    /// <summary>They are looked into, and nobody waits for it.</summary>
    [Fact]
    public async Task A_storm_of_the_applications_own_read_only_errors_does_not_hold_opens_back()
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString());
        await using var reader = source.CreateConnection();
        await reader.OpenAsync();
        await using (var readOnly = new Npgsql.NpgsqlCommand("set default_transaction_read_only = on", reader))
            await readOnly.ExecuteNonQueryAsync();
        using var meter = new GuardMeter();
        using var stop = new CancellationTokenSource();
        var storm = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await using var write = new Npgsql.NpgsqlCommand("create table t ()", reader);
                await Assert.ThrowsAsync<Npgsql.PostgresException>(() => write.ExecuteNonQueryAsync());
            }
        });
        await Eventually.HoldsAsync(() => meter.ReadOnlyErrors > 100, "the storm");
        var (opened, before) = (0, source.Waiting.Rooms.Rooms.Sum(room => room.Visits));
        while (meter.ReadOnlyErrors < 3000)
        {
            await using var connection = source.CreateConnection();
            await connection.OpenAsync();
            opened++;
        }
        await stop.CancelAsync();
        await storm;
        Assert.InRange(source.Waiting.Rooms.Rooms.Sum(room => room.Visits) - before, 0, opened / 50);
        Assert.InRange(meter.Searches, 0, 60);
        Assert.True(opened > 1000, $"{opened} opened");
    }
}
