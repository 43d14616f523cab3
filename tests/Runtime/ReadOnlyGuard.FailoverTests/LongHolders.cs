using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Who holds on to a connection is told when its server was replaced. The programs are those of docs/long-lived-connections.md.</summary>
public sealed class LongHolders : IAsyncLifetime
{
    ReplicatedPair _pair = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        _source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres",
            o => o.PeerCheckInterval = TimeSpan.FromMilliseconds(200));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Fact]
    public async Task A_listener_hears_what_the_new_primary_says_although_the_old_one_was_not_fenced()
    {
        using var stop = new CancellationTokenSource();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var listening = ListenAsync(_source, heard.Enqueue, stop.Token);
        await SaysAsync(_pair.Primary, "old", heard);

        await _pair.PromoteStandbyAsync();
        await SaysAsync(_pair.Primary, "new", heard);
        await stop.CancelAsync();
        // Wherever the cancellation meets it.
        Assert.True(await Record.ExceptionAsync(() => listening) is null or OperationCanceledException);
    }

    // Again and again, because a notification that nobody listens for is gone.
    static Task SaysAsync(PostgresServer server, string what, IEnumerable<string> heard) => Eventually.HoldsAsync(async () =>
    {
        await server.ExecuteAsync($"notify orders, '{what}'");
        return heard.Contains(what);
    }, $"'{what}' to be heard");

    static async Task ListenAsync(WritableDataSource db, Action<string> heard, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await db.OpenConnectionAsync(stopping);
                connection.Notification += (_, notification) => heard(notification.Payload);
                await using (var listen = new NpgsqlCommand("listen orders", connection))
                    await listen.ExecuteNonQueryAsync(stopping);

                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, db.GetReplacedToken(connection));
                while (true)
                    await connection.WaitAsync(either.Token);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested && e is NpgsqlException or OperationCanceledException)
            {
            }
        }
    }

    [Theory]
    [InlineData("OpenConnection")]
    [InlineData("CreateConnection")]
    public async Task A_leader_is_told_to_go(string door)
    {
        await using var connection = door == "OpenConnection" ? await _source.OpenConnectionAsync() : _source.CreateConnection();
        if (door == "CreateConnection")
            await connection.OpenAsync();
        await using (var take = new NpgsqlCommand("select pg_advisory_lock(42)", connection))
            await take.ExecuteNonQueryAsync();
        var replaced = _source.GetReplacedToken(connection);
        Assert.False(replaced.IsCancellationRequested);

        var told = new TaskCompletionSource();
        await using var registration = replaced.Register(told.SetResult);
        await _pair.PromoteStandbyAsync();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_primary_that_is_lost_and_found_again_is_no_other_one()
    {
        var changes = 0;
        _source.PrimaryChanged += (_, _) => Interlocked.Increment(ref changes);
        CancellationToken replaced;
        await using (var connection = await _source.OpenConnectionAsync())
        {
            replaced = _source.GetReplacedToken(connection);
            await _pair.Primary.StopAsync();
            await _pair.Primary.StartAsync();
        }
        await using (await _source.OpenConnectionAsync())
        {
        }
        Assert.False(replaced.IsCancellationRequested);
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task A_connection_of_somebody_else_is_refused_with_the_remedy()
    {
        await using var closed = _source.CreateConnection();
        Assert.Contains("not open", Assert.Throws<ArgumentException>(() => _source.GetReplacedToken(closed)).Message, StringComparison.Ordinal);
    }
}
