using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// Every answer of the server is later than <see cref="WritableDataSourceOptions.CheckTimeout"/>: slowness is no outage, for a late
/// "writable" is proof.
/// </summary>
public sealed class LateAnswers(ITestOutputHelper output) : IAsyncLifetime
{
    static readonly TimeSpan CheckTimeout = TimeSpan.FromMilliseconds(500), Latency = TimeSpan.FromMilliseconds(700);

    PostgresServer _server = null!;
    FaultyLink _link = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(_server);
        _link = new(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(Door.Rent)]
    [InlineData("OpenConnection")]
    [InlineData(Door.Unopened)]
    [InlineData(Door.Shared)]
    public async Task Fail_nobody(string door)
    {
        await using var source = Door.SourceFor(door, _link.ConnectionString(), options =>
        {
            options.CheckTimeout = CheckTimeout;
            options.PeerCheckInterval = TimeSpan.FromMilliseconds(200);
        });
        using var meter = new GuardMeter();
        await using var writers = Writers.Start(
            _ => door == "OpenConnection" ? new(source.OpenConnection()) : Door.OpenAsync(door, source), onThreads: door == "OpenConnection", writers: 4);
        await writers.WroteAsync(100);
        _link.Plan = async _ =>
        {
            await Task.Delay(Latency);
            return Fault.None;
        };
        await writers.WroteAsync(40);
        await writers.StopAsync();
        output.WriteLine($"{meter.Searches} searches, {meter.PoolClears} clears");
        Assert.Empty(writers.Failures);
    }
}
