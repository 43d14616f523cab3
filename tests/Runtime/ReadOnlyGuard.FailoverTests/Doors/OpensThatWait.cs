using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>What an open meets while no server can be written to.</summary>
public sealed class OpensThatWait : IAsyncLifetime
{
    PostgresServer _server = null!;
    BalancerProcess _balancer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync("max_connections=600");
        _balancer = await BalancerProcess.StartAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _server.DisposeAsync();
    }

    WritableDataSource Source(int timeout = 15, int pool = 100, double patience = 30, string extra = "")
        => WritableDataSource.Create(extra + _balancer.ConnectionString(c => (c.Timeout, c.MaxPoolSize) = (timeout, pool)), o => o.FailoverTimeout = TimeSpan.FromSeconds(patience));

    static async Task OutageAsync(WritableDataSource source, BalancerProcess balancer)
    {
        await using (var connection = source.CreateConnection())
            await connection.OpenAsync();
        await balancer.RefuseAsync();
        await balancer.CutAsync();
        // Whoever uses the session that was cut learns of it.
        source.Clear();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(600)]
    [Trait("Heavy", "yes")]
    public async Task Five_hundred_wait_through_twenty_seconds_and_are_served_within_one(int pool)
    {
        await using var source = Source(pool: pool, patience: 60);
        await OutageAsync(source, _balancer);
        using var meter = new GuardMeter();
        var opens = Enumerable.Range(0, 500).Select(_ => OpenAndCloseAsync(source)).ToList();
        await Eventually.HoldsAsync(() => source.Waiting.Rooms.Rooms.Sum(room => room.Guests) >= Math.Min(pool, 500), "them to wait");
        await Task.Delay(TimeSpan.FromSeconds(1));
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        using (var threads = new ThreadPoolDelay())
        {
            await Task.Delay(TimeSpan.FromSeconds(19));
            Assert.InRange(threads.Longest, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + (16 << 20));
        Assert.InRange(meter.Searches, 1, 6);

        await _balancer.SwitchToAsync(_server);
        var reachable = Stopwatch.GetTimestamp();
        await Task.WhenAll(opens);
        Assert.InRange(Stopwatch.GetElapsedTime(reachable), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    static async Task OpenAndCloseAsync(WritableDataSource source)
    {
        await using var connection = source.CreateConnection();
        await connection.OpenAsync();
    }

    [Theory]
    [InlineData(15, 2)]
    [InlineData(2, 6)]
    [InlineData(1, 3)]
    [InlineData(0, 2)]
    [InlineData(15, 0)]
    public async Task In_vain_end_after_the_failover_timeout_with_the_guards_explanation(int timeout, double patience)
    {
        await using var source = Source(timeout, patience: patience);
        await OutageAsync(source, _balancer);
        foreach (var async in new[] { true, false })
        {
            await using var connection = source.CreateConnection();
            var began = Stopwatch.GetTimestamp();
            var error = await Assert.ThrowsAnyAsync<NpgsqlException>(() => async ? connection.OpenAsync() : Task.Run(connection.Open));
            var waited = Stopwatch.GetElapsedTime(began);
            Assert.Contains("No writable server after", error.ToString(), StringComparison.Ordinal);
            Assert.Contains($"127.0.0.1:{_balancer.Port}", error.ToString(), StringComparison.Ordinal);
            Assert.InRange(waited.TotalSeconds, patience * 0.8 - 0.6, patience + 1.5);
        }
    }

    [Fact]
    public async Task Leave_at_once_when_cancelled()
    {
        await using var source = Source();
        await OutageAsync(source, _balancer);
        using var cancel = new CancellationTokenSource();
        var opens = Enumerable.Range(0, 50).Select(_ => source.CreateConnection().OpenAsync(cancel.Token)).ToList();
        await Eventually.HoldsAsync(() => source.Waiting.Rooms.HasGuests, "them to wait");
        var began = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        foreach (var open in opens)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
        // Long before their patience ends.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await Eventually.HoldsAsync(() => !source.Waiting.Rooms.HasGuests, "the room to notice");
    }

    [Fact]
    public async Task Are_told_when_the_source_is_disposed()
    {
        var source = Source();
        await OutageAsync(source, _balancer);
        var opens = Enumerable.Range(0, 20).Select(_ => source.CreateConnection().OpenAsync()).ToList();
        await Eventually.HoldsAsync(() => source.Waiting.Rooms.Rooms.Sum(room => room.Guests) == 20, "them to wait");
        await source.DisposeAsync();
        foreach (var open in opens)
            Assert.Contains("disposed", (await Assert.ThrowsAnyAsync<Exception>(() => open)).ToString(), StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => source.CreateConnection());
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("an abstract name")]
    [InlineData("loopback TCP")]
    public async Task Wait_wherever_a_socket_can_be_bound(string where)
    {
        using var _ = Internal.Doors.RoomAddress.Use(where switch
        {
            "a folder" => null,
            "an abstract name" => () => new Internal.Doors.RoomAddress.Abstract(),
            _ => () => new Internal.Doors.RoomAddress.Loopback(),
        });
        await using var source = Source();
        for (var round = 0; round < 3; round++)
        {
            await OutageAsync(source, _balancer);
            await using var connection = source.CreateConnection();
            var open = connection.OpenAsync();
            await Eventually.HoldsAsync(() => source.Waiting.Rooms.HasGuests, "the open to wait");
            await _balancer.SwitchToAsync(_server);
            await open;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_what_was_shared_ends_nothing(bool async)
    {
        await using var source = Source();
        var shared = source.AsNpgsqlDataSource();
        Assert.Same(shared, source.AsNpgsqlDataSource());
        await using (await shared.OpenConnectionAsync())
        {
        }
        if (async)
            await shared.DisposeAsync();
        else
            shared.Dispose();
        await using (var again = await source.AsNpgsqlDataSource().OpenConnectionAsync())
        await using (var unopened = source.CreateConnection())
            await unopened.OpenAsync();
    }

    [Fact]
    public async Task Hundreds_of_sources_in_one_process_share_one_thread_for_their_rooms()
    {
        var sources = Enumerable.Range(0, 300).Select(i => Source(extra: $"Application Name=a{i};")).ToList();
        var threads = Process.GetCurrentProcess().Threads.Count;
        foreach (var source in sources)
            source.CreateConnection();
        Assert.InRange(Process.GetCurrentProcess().Threads.Count - threads, 0, 40);
        foreach (var source in sources)
            await source.DisposeAsync();
    }
}
