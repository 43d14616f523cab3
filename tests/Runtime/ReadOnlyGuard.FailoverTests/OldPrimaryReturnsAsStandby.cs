using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// A planned switchover behind a balancer that lags one second: new sessions land on the old primary, now a standby, and stay.
/// Plain Npgsql never recovers from it.
/// </summary>
[Trait("Core", "yes")]
public sealed class OldPrimaryReturnsAsStandby(ITestOutputHelper output)
{
    [Fact]
    public async Task Only_writes_in_flight_fail_and_none_after_the_first_success()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await Writers.CreateTableAsync(pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString());
        using var meter = new GuardMeter();

        await using var writers = Writers.Start(source);
        await writers.WroteAsync(500);

        var old = await pair.FailOverAsync();
        await pair.RejoinAsync();
        var checksBefore = meter.ChecksThatFound("standby");
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") >= checksBefore + 10, "the balancer's lag to be noticed");
        Assert.Same(old, balancer.Target);

        var reachable = Stopwatch.GetTimestamp();
        balancer.SwitchTo(pair.Primary);
        await writers.WroteAsync(500);
        await writers.StopAsync();
        var first = Stopwatch.GetElapsedTime(reachable, writers.FirstSuccessAfter(reachable));

        var failures = writers.Failures;
        output.WriteLine($"{writers.Acknowledged} acknowledged, {failures.Count} failed, {meter.Searches} searches, {meter.PoolClears} clears, "
            + $"first success {first.TotalMilliseconds:0} ms after the primary was reachable");
        foreach (var failure in failures)
            output.WriteLine($"writer {failure.Writer}: {failure.Error.GetType().Name} {failure.Error.Message}");
        Assert.True(failures.Count <= 8);
        Assert.All(failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.DoesNotContain(failures, f => f.At > reachable);
        Assert.Empty(await writers.LostAsync(pair.Primary));
    }
}
