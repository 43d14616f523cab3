using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard.FailoverTests.Transactions;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>Transactions that the application begins on a context, errors of its own, and cancellation.</summary>
public sealed class ContextsOwnTransactions : IAsyncLifetime
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

    Shop NewShop() => new(Shop.Over(_source));

    [Fact]
    public async Task Work_outside_of_the_strategy_and_are_run_once()
    {
        await using var shop = NewShop();
        await using var transaction = await shop.Database.BeginTransactionAsync();
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        Assert.Equal(2, await shop.Orders.CountAsync());
        await transaction.CommitAsync();
        Assert.Equal(2, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task Roll_back()
    {
        await using var shop = NewShop();
        await using (await shop.Database.BeginTransactionAsync())
        {
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
        }
        Assert.Equal(0, await shop.Orders.CountAsync());
    }

    [Fact]
    public async Task That_lose_their_connection_fail_unchanged_and_the_context_goes_on()
    {
        await using var shop = NewShop();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            await Ledger.TerminateAsync(_server, (NpgsqlConnection)shop.Database.GetDbConnection());
            await shop.Orders.CountAsync();
        });
        shop.ChangeTracker.Clear();
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Inside_a_TransactionScope(bool complete)
    {
        await using var shop = NewShop();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            if (complete)
                scope.Complete();
        }
        Assert.Equal(complete ? 2 : 0, await Shop.CountAsync(_server));
        await using var after = NewShop();
        after.Orders.Add(new Order());
        await after.SaveChangesAsync();
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task The_applications_own_read_only_error_is_run_again_once_and_thrown_unchanged(bool async)
    {
        using var meter = new GuardMeter();
        var runs = 0;
        await using var shop = NewShop();
        var strategy = shop.Database.CreateExecutionStrategy();
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            if (async)
                await strategy.ExecuteAsync(async () =>
                {
                    runs++;
                    await using var transaction = await shop.Database.BeginTransactionAsync();
                    await shop.Database.ExecuteSqlRawAsync("set transaction read only");
                    await shop.Database.ExecuteSqlRawAsync("""insert into "Orders" values (1, 1, 1)""");
                });
            else
                strategy.Execute(() =>
                {
                    runs++;
                    using var transaction = shop.Database.BeginTransaction();
                    shop.Database.ExecuteSqlRaw("set transaction read only");
                    shop.Database.ExecuteSqlRaw("""insert into "Orders" values (1, 1, 1)""");
                });
        });
        Assert.Equal("25006", Assert.IsType<PostgresException>(error).SqlState);
        Assert.Equal(2, runs);
        Assert.Equal(0, meter.PoolClears);
    }

    [Fact]
    public async Task An_error_of_the_applications_is_thrown_as_EF_Core_throws_it()
    {
        await using var shop = NewShop();
        shop.Orders.Add(new Order { Id = 1 });
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        shop.Orders.Add(new Order { Id = 1 });
        var error = await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());
        Assert.Equal("23505", Assert.IsType<PostgresException>(error.InnerException).SqlState);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_a_writable_server()
    {
        await using var shop = NewShop();
        await shop.Orders.CountAsync();
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        using var meter = new GuardMeter();
        using var stop = new CancellationTokenSource();
        shop.Orders.Add(new Order());
        var save = shop.SaveChangesAsync(stop.Token);
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the context to wait");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);
    }

    [Fact]
    public async Task No_writable_server_in_time_is_told_as_it_is()
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString(), options => options.FailoverTimeout = TimeSpan.FromMilliseconds(200));
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        await using var shop = new Shop(Shop.Over(source));
        shop.Orders.Add(new Order());
        await Assert.ThrowsAsync<NoWritableServerException>(() => shop.SaveChangesAsync());
    }

    [Fact]
    public async Task A_connection_that_the_application_opened_stays_the_same_while_its_server_does()
    {
        await using var shop = NewShop();
        var connection = shop.Database.GetDbConnection();
        await shop.Database.OpenConnectionAsync();
        Assert.Equal(ConnectionState.Open, connection.State);
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        await using var count = connection.CreateCommand();
        count.CommandText = """select count(*) from "Orders" """;
        Assert.Equal(1L, await count.ExecuteScalarAsync());
        await shop.Database.CloseConnectionAsync();
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task What_begins_on_a_connection_that_the_application_opened_is_run_once_and_the_next_open_leads_to_the_new_primary()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Shop.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres");
        await using var shop = new Shop(Shop.Over(source));
        shop.Database.SetCommandTimeout(17);
        await shop.Database.OpenConnectionAsync();
        await pair.FailOverAsync();
        shop.Orders.Add(new Order());
        // Its session may have held a setting or a lock: another one would not have it.
        await Assert.ThrowsAnyAsync<Exception>(() => shop.SaveChangesAsync());
        await shop.Database.CloseConnectionAsync();
        await shop.SaveChangesAsync();
        Assert.Equal(17, shop.Database.GetCommandTimeout());
        Assert.Equal(1, await Shop.CountAsync(pair.Primary));
    }

    [Fact]
    public async Task A_connection_that_the_application_gave_the_context_is_left_alone()
    {
        await using var shop = NewShop();
        await using var own = new NpgsqlConnection(_server.ConnectionString());
        shop.Database.SetDbConnection(own);
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        Assert.Same(own, shop.Database.GetDbConnection());
    }

    [Fact]
    public async Task A_context_that_was_given_another_connection_string_is_left_alone()
    {
        await _server.ExecuteAsync("create database elsewhere");
        await using var shop = NewShop();
        await shop.Orders.CountAsync();
        shop.Database.SetConnectionString(_server.ConnectionString(c => c.Database = "elsewhere"));
        Assert.Equal("elsewhere", await shop.Database.SqlQuery<string>($"""select current_database()::text as "Value" """).SingleAsync());
    }

    [Fact]
    public async Task An_asynchronous_context_is_never_checked_synchronously()
    {
        var (synchronous, asynchronous) = (0, 0);
        await using var source = WritableDataSource.Create(_server.ConnectionString(), options =>
        {
            options.ValidationInterval = TimeSpan.FromMilliseconds(1);
            options.WriteCheck = WriteCheck.Custom(
                _ => Interlocked.Increment(ref synchronous) > 0,
                (_, _) => Task.FromResult(Interlocked.Increment(ref asynchronous) > 0));
        });
        var options = Shop.Over(source);
        await using (var writers = ContextWriters.Start(() => new Shop(options)))
            await writers.SavedAsync(500);
        Assert.Equal(0, synchronous);
        Assert.NotEqual(0, asynchronous);
    }

    [Fact]
    public async Task A_pool_of_one_connection_is_enough()
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (1, 3)), options => options.ValidationInterval = TimeSpan.Zero);
        var options = Shop.Over(source);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var shop = new Shop(options);
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
        }));
        Assert.Equal(8, await Shop.CountAsync(_server));
    }
}
