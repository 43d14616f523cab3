using Npgsql;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>
/// A COMMIT waits for a synchronous standby, and an administrator cancels the wait: PostgreSQL commits on the primary alone and answers with a
/// warning. A failover would lose what was told as done.
/// </summary>
public sealed class CommitsWithoutTheirStandby : IAsyncLifetime
{
    PostgresServer _server = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Writers.CreateTableAsync(_server);
        await Shop.CreateTableAsync(_server);
        _source = WritableDataSource.Create(_server.ConnectionString());
        await (await _source.OpenConnectionAsync()).DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    public static TheoryData<string> Ways => ["transaction", "transaction, Resolve", "transaction, synchronous", "context"];

    Task WriteAsync(string way) => way switch
    {
        "context" => SaveAsync(),
        "transaction, synchronous" => Task.Factory.StartNew(
            () => _source.ExecuteInTransaction(connection => new NpgsqlCommand("insert into ledger values (1, 1)", connection).ExecuteNonQuery()), TaskCreationOptions.LongRunning),
        _ => _source.ExecuteInTransactionAsync(
            (connection, _) => Writers.InsertAsync(connection, 1, 1),
            new() { CommitOutcome = way.EndsWith("Resolve", StringComparison.Ordinal) ? CommitOutcome.Resolve : CommitOutcome.Throw }),
    };

    async Task SaveAsync()
    {
        await using var shop = new Shop(Shop.Over(_source));
        await using var transaction = await shop.Database.BeginTransactionAsync();
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Are_unknown(string way)
    {
        await _server.AlterSystemAsync("synchronous_standby_names", "nobody");
        var writing = WriteAsync(way);
        await Eventually.HoldsAsync(() => _server.QueryAsync<bool>(
            "select count(pg_cancel_backend(pid)) = 1 from pg_stat_activity where wait_event = 'SyncRep'"), "the COMMIT to wait");
        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => writing);
        Assert.Same(StandbyWait.Cancelled, unknown.InnerException);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Are_not_what_a_trigger_that_warns_at_COMMIT_makes_of_them(string way)
    {
        await _server.ExecuteAsync("""
            create function warn() returns trigger language plpgsql as $$ begin raise warning 'canceling wait for synchronous replication'; return null; end $$;
            create constraint trigger warns after insert on ledger deferrable initially deferred for each row execute function warn();
            create constraint trigger warns after insert on "Orders" deferrable initially deferred for each row execute function warn();
            """);
        await WriteAsync(way);
    }
}
