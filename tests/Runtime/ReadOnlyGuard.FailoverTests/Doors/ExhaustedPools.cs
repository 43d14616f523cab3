using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>More callers than connections, through a switchover.</summary>
public sealed class ExhaustedPools(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Door.Rent, 32, 4, 4)]
    [InlineData(Door.Rent, 200, 20, 20)]
    [InlineData(Door.Unopened, 32, 4, 32)]
    [InlineData(Door.Unopened, 200, 20, 200)]
    [InlineData(Door.Shared, 32, 4, 32)]
    [InlineData(Door.UnopenedOnThreads, 32, 4, 32)]
    public async Task Cost_nobody_more_than_one_failure(string door, int callers, int connections, int atMost)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = Door.SourceFor(
            door, $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres;Maximum Pool Size={connections}");
        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), Door.IsOnThreads(door), callers);
        await writers.WroteAsync(1000);
        TimeSpan delay;
        using (var pool = new ThreadPoolDelay())
        {
            await pair.FailOverAsync();
            await writers.WroteAsync(1000);
            delay = pool.Longest;
        }
        await writers.StopAsync();
        output.WriteLine($"{door}, {callers} on {connections}: {writers.Failures.Count} failed; other work waited {delay.TotalMilliseconds:0} ms at most");
        foreach (var failure in writers.Failures.GroupBy(f => f.Writer).Where(w => w.Count() > 1).SelectMany(w => w))
            output.WriteLine($"writer {failure.Writer}: {failure.Error.GetType().Name} {failure.Error.Message} {failure.Error.InnerException?.Message}");
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.InRange(writers.Failures.Count, 0, atMost);
        Assert.Empty(await writers.LostAsync(pair.Primary));
    }
}
