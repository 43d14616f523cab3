using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// A session is read-only by a setting of its role or database, and stays so after the setting is gone: what is true of one session is not true
/// of its server.
/// </summary>
public sealed class SpoiledSessions : IAsyncLifetime
{
    PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(_server);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    public static TheoryData<string, string> Cases => new(
        from door in new[] { Door.Rent, Door.Unopened, Door.Shared, Door.BuiltByTheApplication }
        from owner in new[] { "database postgres", "role postgres" }
        select (door, owner));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Are_closed_and_never_handed_out_again_once_the_server_can_be_written_to(string door, string owner)
    {
        await _server.ExecuteAsync($"alter {owner} set default_transaction_read_only = on");
        await using var source = Door.SourceFor(door, _server.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), onThreads: false);
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("read_only") > 5, "the writers to wait");
        // A superuser may; the setting is for those who come after it is gone.
        await _server.ExecuteAsync($"begin read write; alter {owner} reset default_transaction_read_only; commit");
        await writers.WroteAsync(300);
        await writers.StopAsync();
        Assert.InRange(writers.Failures.Count, 0, 8);
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData(Door.Unopened)]
    [InlineData(Door.Shared)]
    public async Task Of_a_pool_that_grew_meanwhile_cost_no_more_than_a_write_each(string door)
    {
        await using var source = Door.SourceFor(door, _server.ConnectionString());
        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), onThreads: false, writers: 4);
        await writers.WroteAsync(100);
        using var refused = new GuardMeter();
        await _server.ExecuteAsync("alter database postgres set default_transaction_read_only = on");
        await using var growing = Writers.Start((_, number) => WriteAsync(4, number), writers: 1);
        await using var more = Writers.Start((_, number) => WriteAsync(5, number), writers: 1);
        async Task WriteAsync(int writer, int number)
        {
            await using var connection = await Door.OpenAsync(door, source);
            await Writers.InsertAsync(connection, writer, number);
        }
        await Eventually.HoldsAsync(() => refused.ChecksThatFound("read_only") > 0, "a new session to be refused");
        await _server.ExecuteAsync("begin read write; alter database postgres reset default_transaction_read_only; commit");
        await writers.WroteAsync(300);
        using var meter = new GuardMeter();
        await writers.WroteAsync(300);
        await writers.StopAsync();
        Assert.Equal(0, meter.Searches);
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.InRange(writer.Count(), 1, 2));
    }
}
