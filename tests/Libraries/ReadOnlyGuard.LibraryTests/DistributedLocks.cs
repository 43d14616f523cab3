using Medallion.Threading.Postgres;
using ReadOnlyGuard.FailoverTests;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>DistributedLock's advisory locks over a WritableDataSource.</summary>
[Trait("Heavy", "yes")]
public sealed class DistributedLocks(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Locks_go_on_being_taken(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var handle = await new PostgresDistributedLock(new(writer), source).AcquireAsync();
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, writer, number);
        });
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task A_holder_is_told_that_its_lock_is_lost(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        var leadership = new PostgresDistributedLock(new(1), source);
        var leader = await leadership.AcquireAsync();
        // Asked for at once: from then on the connection is watched.
        var lost = leader.HandleLostToken;

        await switchover.StrikeAsync();
        await Eventually.HoldsAsync(() => lost.IsCancellationRequested, "the holder to be told");
        await using var next = await leadership.AcquireAsync(TimeSpan.FromSeconds(10));
        Assert.False(next.HandleLostToken.IsCancellationRequested);
        // There is nothing to release, and the handle says so.
        Assert.NotNull(await Record.ExceptionAsync(async () => await leader.DisposeAsync()));
    }
}
