using Microsoft.EntityFrameworkCore;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>EF Core opens unopened connections of a guarded source by itself.</summary>
public sealed class DbContextOverAGuardedSource
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Saves_through_a_pool_of_stale_connections(bool async)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await pair.Primary.ExecuteAsync("""create table "Orders" ("Id" int primary key)""");
        await using var source = WritableDataSource.Create(balancer.ConnectionString(c => c.MaxPoolSize = 5));
        await StalePool.FillAsync(source, balancer, pair.Standby, 4);
        balancer.SwitchTo(pair.Primary);

        for (var id = 0; id < 5; id++)
        {
            await using var context = new Shop(source);
            context.Orders.Add(new Order { Id = id });
            Assert.Equal(1, async ? await context.SaveChangesAsync() : context.SaveChanges());
        }
        Assert.Equal(5, await pair.Primary.QueryAsync<long>("""select count(*) from "Orders" """));
        await PoolLimit.GivesDistinctBackendsAsync(source, 5);
    }

    sealed class Order
    {
        public int Id { get; set; }
    }

    sealed class Shop(WritableDataSource source) : DbContext
    {
        public DbSet<Order> Orders => Set<Order>();

        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql(source);

        protected override void OnModelCreating(ModelBuilder model) => model.Entity<Order>().Property(o => o.Id).ValueGeneratedNever();
    }
}
