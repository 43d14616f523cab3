using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>Writers that use guarded transactions see nothing of a failover but a COMMIT whose answer it took with it.</summary>
[Trait("Core", "yes")]
public sealed class SurviveFailovers
{
    [Fact]
    public async Task A_switchover_behind_a_balancer_that_lags()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await Writers.CreateTableAsync(pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);

        await pair.FailOverAsync();
        await pair.RejoinAsync();
        var checksBefore = meter.ChecksThatFound("standby");
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") >= checksBefore + 10, "the balancer's lag to be noticed");
        balancer.SwitchTo(pair.Primary);
        await writers.WroteAsync(200);
        await writers.StopAsync();

        OnlyUnknownCommits(writers);
        Assert.Empty(await writers.LostAsync(pair.Primary));
    }

    [Fact]
    public async Task Read_only_maintenance_without_a_single_failure()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(server);
        await using var source = WritableDataSource.Create(server.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);

        await server.AlterSystemAsync("default_transaction_read_only", "on");
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 8, "all writers to wait");
        await server.AlterSystemAsync("default_transaction_read_only", null);
        await writers.WroteAsync(200);
        await writers.StopAsync();

        Assert.Empty(writers.Failures);
        Assert.Equal(0, meter.PoolClears);
    }

    [Theory]
    [InlineData(CommitOutcome.Throw)]
    [InlineData(CommitOutcome.Resolve)]
    public async Task A_killed_primary_and_a_promotion(CommitOutcome outcome)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres");
        await using var writers = Writers.StartTransactions(source, new() { CommitOutcome = outcome });
        await writers.WroteAsync(200);
        await pair.KillAndPromoteAsync();
        await writers.WroteAsync(200);
        await writers.StopAsync();

        // What was acknowledged may be lost with an asynchronous standby; no client can know.
        OnlyUnknownCommits(writers);
    }

    static void OnlyUnknownCommits(Writers writers)
    {
        Assert.All(writers.Failures, f => Assert.IsType<CommitOutcomeUnknownException>(f.Error));
        Assert.All(writers.Failures.GroupBy(f => f.Writer), writer => Assert.Single(writer));
    }
}
