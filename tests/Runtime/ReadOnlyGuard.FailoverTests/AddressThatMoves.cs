using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// One address. The old primary is set read-only and goes on running, as clouds do in a blue/green or logical switchover, and the address
/// leads to another server: idle sessions stay with the old one for as long as they live.
/// </summary>
public sealed class AddressThatMoves(ITestOutputHelper output)
{
    public static TheoryData<string, bool> Cases => new(
        from door in new[] { Door.Rent, Door.Unopened, Door.Shared, Door.BuiltByTheApplication } from promoted in new[] { false, true } select (door, promoted));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Leaves_no_session_at_the_old_primary(string door, bool promoted)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var other = await PostgresServer.StartNewAsync();
        await using var balancer = await BalancerProcess.StartAsync(pair.Primary);
        await Writers.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await Writers.CreateTableAsync(other);
        await using var source = Door.SourceFor(door, balancer.ConnectionString());
        var moved = new TaskCompletionSource<PrimaryChangedEventArgs>();
        source.PrimaryChanged += (_, change) => moved.TrySetResult(change);

        await using var writers = Writers.Start(_ => Door.OpenAsync(door, source), onThreads: false);
        await writers.WroteAsync(300);
        var old = pair.Primary;
        await old.AlterSystemAsync("default_transaction_read_only", "on");
        if (promoted)
            await pair.PromoteStandbyAsync();
        await balancer.SwitchToAsync(promoted ? pair.Primary : other);
        await writers.WroteAsync(300);
        await writers.StopAsync();

        foreach (var failure in writers.Failures)
            output.WriteLine($"writer {failure.Writer}: {failure.Error.GetType().Name} {failure.Error.Message}");
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
        Assert.Equal(PrimaryChangeReason.Moved, (await moved.Task.WaitAsync(TimeSpan.FromSeconds(20))).Reason);
        await Eventually.HoldsAsync(
            async () => await old.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = ''") <= 1,
            "the sessions at the old primary to end");
    }
}
