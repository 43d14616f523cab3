using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>
/// The same writers through every door and every failover: those in flight fail, once each, nobody after the first success, and nothing
/// acknowledged is lost. Work that has nothing to do with the database keeps its threads.
/// </summary>
public sealed class EveryDoorThroughFailovers(ITestOutputHelper output)
{
    const int Count = 8;

    static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Doors => [Door.Rent, Door.Unopened, Door.UnopenedOnThreads, Door.Shared, Door.SharedOnThreads, Door.BuiltByTheApplication];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Switchover_behind_a_balancer_that_lags(string door)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = await BalancerProcess.StartAsync(pair.Primary);
        await ThroughAsync(door, balancer.ConnectionString(), pair, async () =>
        {
            await pair.FailOverAsync();
            await pair.RejoinAsync();
            // The lag itself: new sessions come to the old primary, which is a standby, for as long as this.
            await Task.Delay(Lag);
            var reachable = Stopwatch.GetTimestamp();
            await balancer.SwitchToAsync(pair.Primary);
            return reachable;
        });
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Planned_switchover_with_two_hosts(string door)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await ThroughAsync(door, TwoHosts(pair), pair, async () =>
        {
            await pair.FailOverAsync();
            return Stopwatch.GetTimestamp();
        });
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Killed_primary_with_two_hosts(string door)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        // So that the standby has whatever was acknowledged.
        await pair.Primary.AlterSystemAsync("synchronous_standby_names", "*");
        await ThroughAsync(door, TwoHosts(pair), pair, async () =>
        {
            await pair.KillAndPromoteAsync();
            var reachable = Stopwatch.GetTimestamp();
            await pair.Primary.AlterSystemAsync("synchronous_standby_names", "");
            return reachable;
        });
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Read_only_maintenance(string door)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await ThroughAsync(door, pair.Primary.ConnectionString(), pair, async () =>
        {
            await pair.Primary.AlterSystemAsync("default_transaction_read_only", "on");
            await Task.Delay(Lag);
            await pair.Primary.AlterSystemAsync("default_transaction_read_only", "off");
            return Stopwatch.GetTimestamp();
        });
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Switchover_behind_a_pooler_that_moves_sessions_silently(string door)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var pooler = await PgBouncer.StartAsync(pair.Primary.Port);
        await ThroughAsync(door, pooler.ConnectionString(c => c.NoResetOnClose = true), pair, async () =>
        {
            await pair.FailOverAsync();
            await pair.RejoinAsync();
            await Task.Delay(Lag);
            var reachable = Stopwatch.GetTimestamp();
            await pooler.PointAtAsync(pair.Primary.Port);
            return reachable;
        });
    }

    static string TwoHosts(ReplicatedPair pair)
        => $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres";

    async Task ThroughAsync(string door, string connectionString, ReplicatedPair pair, Func<Task<long>> strike)
    {
        await Writers.CreateTableAsync(pair.Primary);
        await using var source = Door.SourceFor(door, connectionString);
        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), Door.IsOnThreads(door), Count);
        await writers.WroteAsync(500);

        using var meter = new GuardMeter();
        TimeSpan delay;
        long reachable;
        using (var pool = new ThreadPoolDelay())
        {
            reachable = await strike();
            await writers.WroteAsync(500);
            delay = pool.Longest;
        }
        await writers.StopAsync();

        var first = Stopwatch.GetElapsedTime(reachable, writers.FirstSuccessAfter(reachable));
        output.WriteLine($"{door}: {writers.Acknowledged} acknowledged, {writers.Failures.Count} failed, first success {first.TotalMilliseconds:0} ms after "
            + $"a writable server could be reached, {meter.Searches} searches, other work waited {delay.TotalMilliseconds:0} ms at most");
        foreach (var failure in writers.Failures)
            output.WriteLine($"writer {failure.Writer}, {Stopwatch.GetElapsedTime(reachable, failure.At).TotalMilliseconds:0} ms: {failure.Error.GetType().Name} {failure.Error.Message} {failure.Error.InnerException?.Message}");
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.DoesNotContain(writers.Failures, f => f.At > writers.FirstSuccessAfter(reachable));
        Assert.Empty(await writers.LostAsync(pair.Primary));
    }
}
