using Microsoft.EntityFrameworkCore;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>The primary is replaced under a context's transaction, without being fenced: it would acknowledge the COMMIT.</summary>
public sealed class ContextsAndTwoPrimaries
{
    [Fact]
    public async Task Do_not_commit_on_the_old_one()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Shop.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        using var logs = new RecordedLogs();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres", options =>
            {
                options.PeerCheckInterval = TimeSpan.FromMilliseconds(100);
                options.LoggerFactory = logs;
            });
        await using var shop = new Shop(Shop.Over(source));
        var runs = 0;
        await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            shop.ChangeTracker.Clear();
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Add(new Order { Writer = 1, Number = ++runs });
            await shop.SaveChangesAsync();
            if (runs == 1)
            {
                await pair.PromoteStandbyAsync();
                await Eventually.HoldsAsync(() => logs.Entries.Any(entry => entry.Event == 12), "the promotion to be seen");
            }
            await transaction.CommitAsync();
        });
        Assert.Equal(2, runs);
        Assert.Equal(1, await Shop.CountAsync(pair.Primary));
        Assert.Equal(0, await Shop.CountAsync(pair.Standby));
    }
}
