using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>What contexts save goes on through a failover; nothing fails but a COMMIT whose answer it took with it.</summary>
[Trait("Core", "yes")]
public sealed class ContextsSurviveFailovers
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task SaveChanges_through_a_switchover_behind_a_balancer_that_lags(bool async) => SwitchOverAsync(source =>
    {
        var options = Shop.Over(source);
        return ContextWriters.Start(() => new Shop(options), async);
    });

    [Fact]
    public Task Pooled_contexts() => SwitchOverAsync(source =>
    {
        var contexts = new PooledDbContextFactory<Shop>(Shop.Over(source), poolSize: 4);
        return ContextWriters.Start(contexts.CreateDbContext);
    });

    [Fact]
    public Task Explicit_transactions_in_the_strategy() => SwitchOverAsync(source =>
    {
        var options = Shop.Over(source);
        return ContextWriters.Start(async order =>
        {
            await using var shop = new Shop(options);
            await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                shop.ChangeTracker.Clear();
                await using var transaction = await shop.Database.BeginTransactionAsync();
                shop.Orders.Add(new Order { Writer = order.Writer, Number = order.Number });
                await shop.SaveChangesAsync();
                await transaction.CommitAsync();
            });
        });
    });

    [Fact]
    public async Task Two_hosts_a_killed_primary_and_contexts_that_move_to_the_other_host()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Shop.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres");
        var contexts = new PooledDbContextFactory<Shop>(Shop.Over(source), poolSize: 4);
        await using var writers = ContextWriters.Start(contexts.CreateDbContext);
        await writers.SavedAsync(200);
        await pair.FailOverAsync();
        await writers.SavedAsync(200);
        await writers.StopAsync();
        await writers.AssertNothingIsLostAsync(pair.Primary);
    }

    [Fact]
    public async Task Read_only_maintenance_without_a_single_failure()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(server);
        await using var source = WritableDataSource.Create(server.ConnectionString());
        using var meter = new GuardMeter();
        var options = Shop.Over(source);
        await using var writers = ContextWriters.Start(() => new Shop(options));
        await writers.SavedAsync(200);

        await server.AlterSystemAsync("default_transaction_read_only", "on");
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 8, "all writers to wait");
        await server.AlterSystemAsync("default_transaction_read_only", null);
        await writers.SavedAsync(200);
        await writers.StopAsync();

        await writers.AssertNothingIsLostAsync(server);
        Assert.Equal(0, meter.PoolClears);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_vanishes_and_leaves_a_pool_of_half_open_connections(bool async)
    {
        const int limit = 4;
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await Shop.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(balancer.ConnectionString(c => c.MaxPoolSize = limit), o => o.ValidationInterval = TimeSpan.Zero);
        await PoolLimit.GivesDistinctBackendsAsync(source, limit);
        pair.Primary.Freeze();
        await pair.PromoteStandbyAsync();
        balancer.SwitchTo(pair.Primary);

        var options = Shop.Over(source);
        await using var writers = ContextWriters.Start(() => new Shop(options), async);
        await writers.SavedAsync(100);
        await writers.StopAsync();
        Assert.Equal(0, writers.Failed);
        await writers.AssertNothingIsLostAsync(pair.Primary);
        await PoolLimit.GivesDistinctBackendsAsync(source, limit);
    }

    static async Task SwitchOverAsync(Func<WritableDataSource, ContextWriters> start)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await Shop.CreateTableAsync(pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString());
        using var meter = new GuardMeter();
        await using var writers = start(source);
        await writers.SavedAsync(200);

        await pair.FailOverAsync();
        await pair.RejoinAsync();
        var checksBefore = meter.ChecksThatFound("standby");
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") >= checksBefore + 10, "the balancer's lag to be noticed");
        balancer.SwitchTo(pair.Primary);
        await writers.SavedAsync(200);
        await writers.StopAsync();
        await writers.AssertNothingIsLostAsync(pair.Primary);
    }
}
