using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard.FailoverTests.Transactions;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>
/// What an application holds open is state: a setting, a lock, a temporary table, a transaction. What begins there is run once, and its
/// connection is not closed.
/// </summary>
public sealed class SessionsThatContextsKeep : IAsyncLifetime
{
    PostgresServer _server = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(_server);
        await _server.ExecuteAsync("""
            create sequence tries;
            create function fail_once() returns trigger language plpgsql as $$ begin
                if nextval('tries') = 1 then raise exception 'again' using errcode = '40001'; end if;
                return new;
            end $$;
            create trigger failing before insert on "Orders" for each row execute function fail_once();
            """);
        _source = WritableDataSource.Create(_server.ConnectionString());
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    Shop NewShop() => new(Shop.Over(_source));

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Stay_as_they_are_through_an_error_that_asks_for_another_run(bool async)
    {
        await using var shop = NewShop();
        await shop.Database.OpenConnectionAsync();
        var connection = (NpgsqlConnection)shop.Database.GetDbConnection();
        var process = connection.ProcessID;
        await shop.Database.ExecuteSqlRawAsync("set app.tenant = '7'; create temporary table notes (); select pg_advisory_lock(42)");
        shop.Orders.Add(new Order());

        var error = await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync(shop, async));
        Assert.Equal("40001", Assert.IsType<PostgresException>(error.InnerException ?? error).SqlState);
        Assert.Equal((ConnectionState.Open, process), (connection.State, connection.ProcessID));
        Assert.Equal("7,0,1", await shop.Database.SqlQueryRaw<string>(
            """select current_setting('app.tenant') || ',' || (select count(*) from notes) || ',' || (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as "Value" """).SingleAsync());

        await SaveAsync(shop, async);
        Assert.Equal(process, connection.ProcessID);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task Are_not_replaced_by_others_when_they_are_lost()
    {
        await using var shop = NewShop();
        await shop.Database.OpenConnectionAsync();
        await shop.Database.ExecuteSqlRawAsync("set app.tenant = '7'");
        await Ledger.TerminateAsync(_server, (NpgsqlConnection)shop.Database.GetDbConnection());

        await Assert.ThrowsAnyAsync<Exception>(() => shop.Orders.ToListAsync());
        await shop.Database.CloseConnectionAsync();
        Assert.Empty(await shop.Orders.ToListAsync());
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Of_a_transaction_of_the_applications_own_are_run_once(bool async)
    {
        await using var shop = NewShop();
        await using (await shop.Database.BeginTransactionAsync())
        {
            shop.Orders.Add(new Order());
            await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync(shop, async));
            Assert.Equal(ConnectionState.Open, shop.Database.GetDbConnection().State);
        }
        Assert.Equal(1, await _server.QueryAsync<long>("select last_value from tries"));
        await SaveAsync(shop, async);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Of_a_TransactionScope_are_run_once(bool async)
    {
        await using var shop = NewShop();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            shop.Orders.Add(new Order());
            await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync(shop, async));
        }
        Assert.Equal(1, await _server.QueryAsync<long>("select last_value from tries"));
        await using var after = NewShop();
        after.Orders.Add(new Order());
        await SaveAsync(after, async);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Are_not_those_of_a_context_that_opens_its_connection_itself(bool async)
    {
        await using var shop = NewShop();
        shop.Orders.Add(new Order());
        await SaveAsync(shop, async);
        Assert.Equal(1, await Shop.CountAsync(_server));
        Assert.Equal(2, await _server.QueryAsync<long>("select last_value from tries"));
    }

    static Task SaveAsync(Shop shop, bool async) => async ? shop.SaveChangesAsync() : Task.Run(() => shop.SaveChanges());
}
