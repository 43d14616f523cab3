using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard.FailoverTests.Transactions;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>A context's COMMIT, or a statement that is its own transaction, was sent and not answered: it is not done twice.</summary>
public sealed class UnansweredContextCommits : IAsyncLifetime
{
    const string Commit = "readonlyguard_commit";

    PostgresServer _server = null!;
    FaultyLink _link = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(_server);
        _link = new(_server);
        _source = WritableDataSource.Create(_link.ConnectionString(c => c.Timeout = 5));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(Fault.CutBefore, true)]
    [InlineData(Fault.CutBefore, false)]
    [InlineData(Fault.CutAfter, true)]
    [InlineData(Fault.CutAfter, false)]
    [InlineData(Fault.Silence, true)]
    [InlineData(Fault.Silence, false)]
    public async Task Are_unknown_and_not_done_twice(Fault fault, bool async)
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Database.SetCommandTimeout(2);
        shop.Orders.Add(new Order());
        _link.FailOnceAt(Commit, fault);
        var error = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => SaveAsync(shop, async));

        Assert.False(error.IsTransient);
        Assert.Equal(_link.Port, error.Port);
        Assert.NotNull(error.InnerException);
        Assert.Equal(fault == Fault.CutBefore ? 0 : 1, await Shop.CountAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Of_another_context_beside_an_error_that_passes_are_not_done_again(bool async)
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString());
        await using var shop = new Shop(Shop.Over(source));
        _link.FailOnceAt(Commit, Fault.CutAfter);
        var runs = 0;
        async Task PlaceAsync()
        {
            runs++;
            await using var other = new Shop(Shop.Over(_source));
            other.Orders.Add(new Order());
            var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => other.SaveChangesAsync());
            var conflict = await Assert.ThrowsAsync<PostgresException>(
                () => shop.Database.ExecuteSqlRawAsync("do $$ begin raise exception 'again' using errcode = '40001'; end $$"));
            throw new AggregateException(conflict, unknown);
        }
        var strategy = shop.Database.CreateExecutionStrategy();
        await Assert.ThrowsAsync<AggregateException>(
            () => async ? strategy.ExecuteAsync(PlaceAsync) : Task.Run(() => strategy.Execute(() => PlaceAsync().GetAwaiter().GetResult())));

        Assert.Equal(1, runs);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task A_connection_that_breaks_before_COMMIT_costs_nothing(bool async)
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Orders.Add(new Order());
        _link.FailOnceAt("INSERT INTO", Fault.CutAfter);
        await SaveAsync(shop, async);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task A_read_whose_connection_breaks_is_run_again()
    {
        await using var shop = new Shop(Shop.Over(_source));
        _link.FailOnceAt("FROM \"Orders\"", Fault.CutAfter);
        Assert.Empty(await shop.Orders.ToListAsync());
    }

    [Fact]
    public async Task A_single_statement_is_its_own_transaction_and_unknown_when_its_connection_breaks()
    {
        await AddAsync(new Order { Number = 1 });
        await using var shop = new Shop(Shop.Over(_source));
        _link.FailOnceAt("UPDATE \"Orders\"", Fault.CutAfter);
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(
            () => shop.Orders.ExecuteUpdateAsync(set => set.SetProperty(order => order.Number, order => order.Number + 1)));
        Assert.Equal(2, await _server.QueryAsync<int>("""select "Number" from "Orders" """));
    }

    [Fact]
    public async Task SaveChanges_without_any_transaction_is_what_EF_Core_makes_of_it_and_not_run_again()
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        shop.Orders.Add(new Order());
        _link.FailOnceAt("INSERT INTO", Fault.CutAfter);
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task An_operation_that_has_committed_something_is_not_run_again()
    {
        await using var shop = new Shop(Shop.Over(_source));
        var runs = 0;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            runs++;
            shop.Orders.Add(new Order { Number = 1 });
            await shop.SaveChangesAsync();
            _link.FailOnceAt("INSERT INTO", Fault.CutAfter);
            shop.Orders.Add(new Order { Number = 2 });
            await shop.SaveChangesAsync();
        }));
        Assert.IsNotType<CommitOutcomeUnknownException>(error);
        Assert.Equal(1, runs);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory]
    [InlineData(Fault.CutAfter, true)]
    [InlineData(Fault.CutAfter, false)]
    [InlineData(Fault.CutBefore, true)]
    [InlineData(Fault.CutBefore, false)]
    public async Task ExecuteInTransaction_of_EF_Core_ends_with_one_of_it(Fault fault, bool async)
    {
        await using var shop = new Shop(Shop.Over(_source));
        var strategy = shop.Database.CreateExecutionStrategy();
        shop.Orders.Add(new Order { Number = 7 });
        _link.FailOnceAt(Commit, fault);
        if (async)
            await strategy.ExecuteInTransactionAsync(
                () => shop.SaveChangesAsync(acceptAllChangesOnSuccess: false), () => shop.Orders.AsNoTracking().AnyAsync(order => order.Number == 7));
        else
            strategy.ExecuteInTransaction(
                () => shop.SaveChanges(acceptAllChangesOnSuccess: false), () => shop.Orders.AsNoTracking().Any(order => order.Number == 7));
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory]
    [InlineData(Fault.CutAfter, 1)]
    [InlineData(Fault.CutBefore, 2)]
    public async Task ExecuteInTransaction_asks_the_server_before_it_asks_the_caller(Fault fault, int expectedRuns)
    {
        await using var shop = new Shop(Shop.Over(_source));
        var (runs, verifications) = (0, 0);
        shop.Orders.Add(new Order());
        _link.FailOnceAt(Commit, fault);
        await shop.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            () =>
            {
                runs++;
                return shop.SaveChangesAsync(acceptAllChangesOnSuccess: false);
            },
            () =>
            {
                verifications++;
                return Task.FromResult(false);
            });
        Assert.Equal((expectedRuns, 0), (runs, verifications));
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Of_a_server_that_crashed_since_are_what_the_caller_verifies(bool verified, int expected)
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Orders.Add(new Order());
        var crash = CrashAfterCommit();
        await shop.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            () => shop.SaveChangesAsync(acceptAllChangesOnSuccess: false), () => Task.FromResult(verified));
        await crash;
        Assert.Equal(expected, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task A_verification_that_fails_leaves_the_outcome_unknown()
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Orders.Add(new Order());
        var own = new InvalidOperationException("own");
        var crash = CrashAfterCommit();
        var error = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => shop.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            () => shop.SaveChangesAsync(acceptAllChangesOnSuccess: false), () => throw own));
        await crash;
        Assert.Contains(own, Assert.IsType<AggregateException>(error.InnerException).Flatten().InnerExceptions);
        Assert.NotNull(error.TransactionId);
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task Late_ones_are_unknown_although_Npgsql_tells_them_as_done()
    {
        await _server.AlterSystemAsync("synchronous_standby_names", "missing");
        try
        {
            await using var shop = new Shop(Shop.Over(_source));
            shop.Database.SetCommandTimeout(1);
            shop.Orders.Add(new Order());
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => shop.SaveChangesAsync());
        }
        finally
        {
            await _server.AlterSystemAsync("synchronous_standby_names", null);
        }
    }

    [Fact]
    public async Task A_failed_transaction_is_not_told_as_committed()
    {
        await using var shop = new Shop(Shop.Over(_source));
        await using var transaction = await shop.Database.BeginTransactionAsync();
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        await Assert.ThrowsAsync<PostgresException>(() => shop.Database.ExecuteSqlRawAsync("select 1 / 0"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        Assert.Equal(0, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task A_conflict_in_COMMIT_itself_is_run_again()
    {
        await _server.ExecuteAsync("""
            create sequence commits;
            create function fail() returns trigger language plpgsql as $$ begin
                if nextval('commits') <= 2 then raise exception 'not yet' using errcode = '40001'; end if;
                return null;
            end $$;
            create constraint trigger failing after insert on "Orders" deferrable initially deferred for each row execute function fail();
            """);
        await AddAsync(new Order());
        Assert.Equal(1, await Shop.CountAsync(_server));
    }

    async Task AddAsync(Order order)
    {
        await using var shop = new Shop(Shop.Over(_source));
        shop.Orders.Add(order);
        await shop.SaveChangesAsync();
    }

    static Task<int> SaveAsync(Shop shop, bool async) => async ? shop.SaveChangesAsync() : Task.Run(() => shop.SaveChanges());

    /// <summary>Crashes the server when it has committed and before the client knows; completes when it is up again.</summary>
    Task CrashAfterCommit()
    {
        var left = 1;
        var crashed = new TaskCompletionSource();
        _link.Plan = request =>
        {
            if (!request.Contains(Commit, StringComparison.Ordinal) || Interlocked.Exchange(ref left, 0) == 0)
                return new(Fault.None);
            _ = CrashAsync();
            return new(Fault.Silence);
        };
        return crashed.Task;

        async Task CrashAsync()
        {
            await Eventually.HoldsAsync(async () => await Shop.CountAsync(_server) > 0, "the COMMIT");
            await _server.StopAsync(StopMode.Immediate);
            await _server.StartAsync();
            crashed.SetResult();
        }
    }
}
