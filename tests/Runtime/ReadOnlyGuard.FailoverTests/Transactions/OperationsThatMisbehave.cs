using System.Transactions;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>Each way an operation can get its own transaction wrong has one documented end, and none is told as success.</summary>
public sealed class OperationsThatMisbehave : IAsyncLifetime
{
    const int Limit = 3;

    PostgresServer _server = null!;
    WritableDataSource _source = null!;
    int _runs;

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

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Swallowing_an_error_of_the_servers_is_no_success(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await Assert.ThrowsAsync<PostgresException>(() => Ledger.ExecuteAsync(connection, "select 1/0"));
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Swallowing_an_error_behind_a_savepoint_is_one(bool async)
    {
        await _source.RunAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await Ledger.ExecuteAsync(connection, "savepoint before");
            await Assert.ThrowsAsync<PostgresException>(() => Ledger.ExecuteAsync(connection, "select 1/0"));
            await Ledger.ExecuteAsync(connection, "rollback to savepoint before");
        });
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Swallowing_the_break_of_its_connection_runs_it_again(bool async)
    {
        await _source.RunAsync(async, async connection =>
        {
            if (++_runs > 1)
                return;
            await Ledger.TerminateAsync(_server, connection);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => Ledger.WriteAsync(connection, 1));
        });
        Assert.Equal(2, _runs);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Committing_by_itself(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await Ledger.ExecuteAsync(connection, "commit");
        });
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Committing_by_itself_before_a_failure_that_would_be_run_again(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await Ledger.ExecuteAsync(connection, "commit");
            await Ledger.ExecuteAsync(connection, "do $$ begin raise exception 'conflict' using errcode = '40001'; end $$");
        });
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Rolling_back_by_itself(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await Ledger.ExecuteAsync(connection, "rollback");
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Beginning_a_transaction_of_its_own(bool async) => await FailsAsync(async, async connection => await connection.BeginTransactionAsync());

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Disposing_the_connection(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await using var own = connection;
            await Ledger.WriteAsync(own, 1);
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Closing_and_opening_the_connection(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await connection.CloseAsync();
            await connection.OpenAsync();
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Returning_while_a_command_runs()
    {
        await FailsAsync(async: true, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            _ = Ledger.ExecuteAsync(connection, "select pg_sleep(0.5)");
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Running_two_commands_at_once()
    {
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _source.ExecuteInTransactionAsync(async (connection, _) =>
        {
            await Ledger.WriteAsync(connection, 1);
            var first = Ledger.ExecuteAsync(connection, "select pg_sleep(0.5)");
            await Ledger.WriteAsync(connection, 2);
            await first;
        }));
        Assert.Empty(await Ledger.EntriesAsync(_server));
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Returning_with_an_open_reader(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            _ = await new NpgsqlCommand("select generate_series(1, 100000)", connection).ExecuteReaderAsync();
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Running_another_guarded_transaction_on_the_same_source(bool async)
    {
        await FailsAsync(async, async connection =>
        {
            await Ledger.WriteAsync(connection, 1);
            await _source.ExecuteInTransactionAsync((inner, _) => Ledger.WriteAsync(inner, 2));
        });
        Assert.Empty(await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Another_source_inside_is_its_own_transaction()
    {
        await using var other = WritableDataSource.Create(_server.ConnectionString());
        await _source.ExecuteInTransactionAsync(async (connection, _) =>
        {
            await Ledger.WriteAsync(connection, 1);
            await other.ExecuteInTransactionAsync((inner, _) => Ledger.WriteAsync(inner, 2));
        });
        Assert.Equal([1, 2], await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task What_it_started_and_left_behind_may_run_transactions_later()
    {
        var ended = new TaskCompletionSource();
        Task? background = null;
        await _source.ExecuteInTransactionAsync((_, _) =>
        {
            background = Task.Run(async () =>
            {
                await ended.Task;
                await _source.ExecuteInTransactionAsync((connection, _) => Ledger.WriteAsync(connection, 1));
            });
            return Task.CompletedTask;
        });
        ended.SetResult();
        await background!;
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Inside_a_TransactionScope(bool async)
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await FailsAsync(async, _ => Task.CompletedTask, runs: 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_while_it_runs(bool commandIsGivenTheToken)
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _source.ExecuteInTransactionAsync(
            async (connection, token) =>
            {
                _runs++;
                await Ledger.WriteAsync(connection, 1);
                await cancellation.CancelAsync();
                await using var command = new NpgsqlCommand("select 1", connection);
                await command.ExecuteNonQueryAsync(commandIsGivenTheToken ? token : CancellationToken.None);
            },
            cancellationToken: cancellation.Token));
        Assert.Equal(1, _runs);
        Assert.Empty(await Ledger.EntriesAsync(_server));
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Fact]
    public async Task Cancelled_while_COMMIT_runs_it_is_committed()
    {
        await _server.ExecuteAsync("""
            create function slow() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return null; end $$;
            create constraint trigger slow after insert on entries deferrable initially deferred for each row execute function slow();
            """);
        await using var holder = new NpgsqlConnection(_server.ConnectionString());
        await holder.OpenAsync();
        await Ledger.ExecuteAsync(holder, "select pg_advisory_lock(1)");
        using var cancellation = new CancellationTokenSource();

        var transaction = _source.ExecuteInTransactionAsync((connection, _) => Ledger.WriteAsync(connection, 1), cancellationToken: cancellation.Token);
        await Eventually.HoldsAsync(
            () => _server.QueryAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and not granted)"), "COMMIT to wait");
        await cancellation.CancelAsync();
        await Ledger.ExecuteAsync(holder, "select pg_advisory_unlock(1)");

        await transaction;
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    async Task FailsAsync(bool async, Func<NpgsqlConnection, Task> operation, int runs = 1)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _source.RunAsync(async, connection =>
        {
            _runs++;
            return operation(connection);
        }));
        Assert.Equal(runs, _runs);
        // Whatever became of the connection, the pool is whole; outside of any scope, where a connection would be the scope's.
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }
}
