using System.Data;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>What is run again, what is not, and that nothing is there twice.</summary>
public sealed class RunAgain : IAsyncLifetime
{
    const int Limit = 5;

    PostgresServer _server = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Ledger.CreateAsync(_server);
        _source = WritableDataSource.Create(_server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (Limit, 5)));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_commits_and_returns_what_its_operation_returned()
    {
        var async = await _source.ExecuteInTransactionAsync(async (connection, _) =>
        {
            await Ledger.WriteAsync(connection, 1);
            return "async";
        });
        var sync = _source.ExecuteInTransaction(connection =>
        {
            Ledger.Write(connection, 2);
            return "sync";
        });
        await _source.ExecuteInTransactionAsync((connection, _) => Ledger.WriteAsync(connection, 3));
        _source.ExecuteInTransaction(connection => Ledger.Write(connection, 4));

        Assert.Equal(("async", "sync"), (async, sync));
        Assert.Equal([1, 2, 3, 4], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task An_operation_that_does_nothing_commits_nothing(bool async) => await _source.RunAsync(async, _ => Task.CompletedTask);

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task An_exception_of_the_operations_own_rolls_back_and_reaches_the_caller_unchanged(bool async)
    {
        var own = new InvalidOperationException("own");
        var runs = 0;
        var thrown = await Record.ExceptionAsync(() => _source.RunAsync(async, async connection =>
        {
            runs++;
            await Ledger.WriteAsync(connection, 1);
            throw own;
        }));

        Assert.Same(own, thrown);
        Assert.Equal(1, runs);
        Assert.Empty(await Ledger.EntriesAsync(_server));
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task An_error_that_another_run_would_meet_again_is_thrown_at_once(bool async)
    {
        var runs = 0;
        var thrown = await Assert.ThrowsAsync<PostgresException>(() => _source.RunAsync(async, connection =>
        {
            runs++;
            return Ledger.ExecuteAsync(connection, "select 1/0");
        }));

        Assert.Equal(("22012", 1), (thrown.SqlState, runs));
    }

    [Theory]
    [InlineData("40001", true)]
    [InlineData("40001", false)]
    [InlineData("40P01", true)]
    [InlineData("40P01", false)]
    public async Task A_conflict_is_run_again(string sqlState, bool async)
    {
        var runs = 0;
        await _source.RunAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, ++runs);
            if (runs < 3)
                await Ledger.ExecuteAsync(connection, $"do $$ begin raise exception 'conflict' using errcode = '{sqlState}'; end $$");
        });

        Assert.Equal([3], await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Two_serializable_transactions_that_meet_both_succeed()
    {
        await _server.ExecuteAsync("insert into entries values (1)");
        var serializable = new WriteTransactionOptions { IsolationLevel = IsolationLevel.Serializable };
        var bothHaveRead = new Barrier(2);
        var runs = 0;
        Task CopySumAsync() => Task.Run(() => _source.ExecuteInTransaction(
            connection =>
            {
                using var sum = new NpgsqlCommand("select sum(id)::int from entries", connection);
                var read = (int)sum.ExecuteScalar()!;
                if (Interlocked.Increment(ref runs) <= 2)
                    Assert.True(bothHaveRead.SignalAndWait(TimeSpan.FromSeconds(30)));
                Ledger.Write(connection, read);
            },
            serializable));
        await Task.WhenAll(CopySumAsync(), CopySumAsync());

        // One after the other: 1, then 2 for both.
        Assert.Equal([1, 1, 2], await Ledger.EntriesAsync(_server));
    }

    [Theory]
    [InlineData("40001", true)]
    [InlineData("40001", false)]
    [InlineData("40P01", true)]
    [InlineData("40P01", false)]
    public async Task A_conflict_that_COMMIT_answers_is_run_again(string sqlState, bool async)
    {
        await Ledger.FailCommitsAsync(_server, sqlState, times: 2);
        var runs = 0;
        await _source.RunAsync(async, connection => Ledger.WriteAsync(connection, ++runs));
        Assert.Equal([3], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Another_error_that_COMMIT_answers_is_thrown_unchanged(bool async)
    {
        await Ledger.FailCommitsAsync(_server, "23514", times: 1);
        var runs = 0;
        var thrown = await Assert.ThrowsAsync<PostgresException>(() => _source.RunAsync(async, connection => Ledger.WriteAsync(connection, ++runs)));
        Assert.Equal(("23514", 1), (thrown.SqlState, runs));
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Attempts_end_with_the_last_failure(bool async)
    {
        var runs = 0;
        var thrown = await Assert.ThrowsAsync<PostgresException>(() => _source.RunAsync(
            async,
            connection =>
            {
                runs++;
                return Ledger.ExecuteAsync(connection, "do $$ begin raise exception 'conflict' using errcode = '40001'; end $$");
            },
            new() { MaxAttempts = 3 }));
        Assert.Equal(("40001", 3), (thrown.SqlState, runs));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task A_connection_that_breaks_before_COMMIT_is_run_again(bool async)
    {
        var runs = 0;
        await _source.RunAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, ++runs);
            if (runs == 1)
            {
                await Ledger.TerminateAsync(_server, connection);
                await Ledger.WriteAsync(connection, 100);
            }
        });
        Assert.Equal([2], await Ledger.EntriesAsync(_server));
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task A_break_that_a_library_wraps_is_run_again(bool async)
    {
        var runs = 0;
        await _source.RunAsync(async, async connection =>
        {
            if (++runs > 1)
                return;
            await Ledger.TerminateAsync(_server, connection);
            try
            {
                await Ledger.WriteAsync(connection, 100);
            }
            catch (NpgsqlException e)
            {
                throw new DataException("as EF Core wraps it", e);
            }
        });
        Assert.Equal(2, runs);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Its_own_READ_ONLY_transaction_is_run_once_more_and_then_thrown_unchanged(bool async)
    {
        using var meter = new GuardMeter();
        var runs = 0;
        var thrown = await Assert.ThrowsAsync<PostgresException>(() => _source.RunAsync(async, async connection =>
        {
            runs++;
            await Ledger.ExecuteAsync(connection, "set transaction read only");
            await Ledger.WriteAsync(connection, 1);
        }));
        Assert.Equal(("25006", 2), (thrown.SqlState, runs));
        Assert.Equal(0, meter.PoolClears);
        Assert.Equal(0, meter.Searches);
    }

    [Fact]
    public async Task Statements_that_Npgsql_prepares_by_itself_change_nothing()
    {
        await using var preparing = WritableDataSource.Create(_server.ConnectionString(c => (c.MaxAutoPrepare, c.AutoPrepareMinUsages, c.MaxPoolSize) = (10, 2, 1)));
        for (var i = 1; i <= 5; i++)
            await preparing.RunAsync(async: true, connection => Ledger.WriteAsync(connection, 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => preparing.RunAsync(async: true, async connection =>
        {
            await Ledger.WriteAsync(connection, 2);
            await Assert.ThrowsAsync<PostgresException>(() => Ledger.ExecuteAsync(connection, "select 1/0"));
        }));
        await preparing.RunAsync(async: true, connection => Ledger.WriteAsync(connection, 3));
        Assert.Equal([1, 1, 1, 1, 1, 3], await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Nothing_is_run_again_without_patience()
    {
        await using var impatient = WritableDataSource.Create(_server.ConnectionString(), o => o.FailoverTimeout = TimeSpan.Zero);
        var runs = 0;
        await Assert.ThrowsAsync<PostgresException>(() => impatient.RunAsync(async: true, connection =>
        {
            runs++;
            return Ledger.ExecuteAsync(connection, "do $$ begin raise exception 'conflict' using errcode = '40001'; end $$");
        }));
        Assert.Equal(1, runs);
    }
}
