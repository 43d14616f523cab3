using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ReadOnlyGuard.FailoverTests.Transactions;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>What an application's own interceptors see of the transactions that the guard commits.</summary>
public sealed class InterceptorsOfTheApplication : IAsyncLifetime
{
    PostgresServer _server = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(_server);
        _source = WritableDataSource.Create(_server.ConnectionString());
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    Shop ShopWith(Told interceptor) => new(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(_source).AddInterceptors(interceptor).Options);

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Are_told_of_a_commit_from_its_beginning_when_it_fails_too(bool async)
    {
        await _server.ExecuteAsync("""alter table "Orders" add unique ("Writer") deferrable initially deferred""");
        var interceptor = new Told();
        await using var shop = ShopWith(interceptor);
        foreach (var fails in new[] { false, true })
        {
            interceptor.Events.Clear();
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            var commit = async ? transaction.CommitAsync() : Task.Factory.StartNew(transaction.Commit, TaskCreationOptions.LongRunning);
            if (fails)
                Assert.Equal("23505", (await Assert.ThrowsAsync<PostgresException>(() => commit)).SqlState);
            else
                await commit;
            Assert.Equal(["committing", fails ? "failed" : "committed"], interceptor.Events);
        }
    }

    [Fact]
    public async Task May_suppress_a_commit()
    {
        await using var shop = ShopWith(new Told { Suppresses = true });
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        Assert.Equal(0, await Shop.CountAsync(_server));
    }

    sealed class Told : DbTransactionInterceptor
    {
        public List<string> Events { get; } = [];

        public bool Suppresses { get; init; }

        InterceptionResult Committing(InterceptionResult result)
        {
            Assert.False(result.IsSuppressed);
            Events.Add("committing");
            return Suppresses ? InterceptionResult.Suppress() : result;
        }

        public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
            => Committing(result);

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
            => new(Committing(result));

        public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Events.Add("committed");

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Events.Add("committed");
            return Task.CompletedTask;
        }

        public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Events.Add("failed");

        public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            Events.Add("failed");
            return Task.CompletedTask;
        }
    }
}
