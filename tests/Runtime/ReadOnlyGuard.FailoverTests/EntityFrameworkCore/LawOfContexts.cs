using Microsoft.EntityFrameworkCore;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>
/// The law of guarded transactions, for contexts: what is told as saved is there once, what failed is not there, and only an unknown
/// outcome may be either. Under connections that are cut at random requests.
/// </summary>
public sealed class LawOfContexts : IAsyncLifetime
{
    const int Orders = 600;

    PostgresServer _server = null!;
    FaultyLink _link = null!;
    WritableDataSource _source = null!;
    int _seed;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(_server);
        _link = new(_server);
        _source = WritableDataSource.Create(_link.ConnectionString(c => c.Timeout = 5));
        _seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {_seed}");
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Holds_for_SaveChanges(bool async)
    {
        var options = Shop.Over(_source);
        return HoldsAsync(ContextWriters.Start(() => new Shop(options), async));
    }

    [Fact]
    public Task Holds_for_ExecuteInTransaction_without_an_unknown_outcome()
    {
        var options = Shop.Over(_source);
        return HoldsAsync(
            ContextWriters.Start(async order =>
            {
                await using var shop = new Shop(options);
                shop.Orders.Add(order);
                await shop.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
                    () => shop.SaveChangesAsync(acceptAllChangesOnSuccess: false),
                    () => shop.Orders.AsNoTracking().AnyAsync(o => o.Writer == order.Writer && o.Number == order.Number));
            }),
            none: true);
    }

    async Task HoldsAsync(ContextWriters writers, bool none = false)
    {
        await using var running = writers;
        var random = new Random(_seed);
        _link.Plan = _ =>
        {
            lock (random)
                return new(random.Next(60) switch { 0 => Fault.CutBefore, 1 => Fault.CutAfter, _ => Fault.None });
        };
        await writers.SavedAsync(Orders);
        await writers.StopAsync();
        await writers.AssertNothingIsLostAsync(_server);
        if (none)
            Assert.Equal(0, writers.Failed);
    }
}
