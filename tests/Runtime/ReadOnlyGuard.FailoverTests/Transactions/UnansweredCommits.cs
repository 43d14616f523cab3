using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>COMMIT was sent and its answer did not come: nothing is guessed, and nothing is done twice.</summary>
[Trait("Core", "yes")]
public sealed class UnansweredCommits : IAsyncLifetime
{
    // The savepoint that goes before COMMIT in the same request; the word itself is in BEGIN ... READ COMMITTED too.
    const string Commit = "readonlyguard_commit";

    PostgresServer _server = null!;
    FaultyLink _link = null!;
    WritableDataSource _source = null!;
    int _runs;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Ledger.CreateAsync(_server);
        _link = new(_server);
        _source = WritableDataSource.Create(_link.ConnectionString(c => c.Timeout = 5));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    Task WriteAsync(bool async, WriteTransactionOptions? options = null)
        => _source.RunAsync(async, connection => Ledger.WriteAsync(connection, ++_runs), options);

    static WriteTransactionOptions Resolve(bool? verified = null) => new()
    {
        CommitOutcome = CommitOutcome.Resolve,
        VerifyCommitted = verified is { } v ? _ => v : null,
        VerifyCommittedAsync = verified is { } w ? (_, _) => Task.FromResult(w) : null,
    };

    [Theory]
    [InlineData(Fault.CutBefore, true)]
    [InlineData(Fault.CutBefore, false)]
    [InlineData(Fault.CutAfter, true)]
    [InlineData(Fault.CutAfter, false)]
    public async Task Are_unknown_and_not_transient(Fault fault, bool async)
    {
        _link.FailOnceAt(Commit, fault);
        var error = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => WriteAsync(async));

        Assert.False(error.IsTransient);
        Assert.Null(error.TransactionId);
        Assert.Equal(_link.Port, error.Port);
        Assert.NotNull(error.InnerException);
        Assert.Equal(1, _runs);
        Assert.Equal(fault == Fault.CutAfter ? 1 : 0, (await Ledger.EntriesAsync(_server)).Count());
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Of_another_source_beside_an_error_that_passes_are_not_done_again(bool async)
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString());
        _link.FailOnceAt(Commit, Fault.CutAfter);
        var runs = 0;
        var error = await Assert.ThrowsAsync<AggregateException>(() => source.RunAsync(async, async connection =>
        {
            runs++;
            var other = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => WriteAsync(async));
            var conflict = await Assert.ThrowsAsync<PostgresException>(
                () => Ledger.ExecuteAsync(connection, "do $$ begin raise exception 'again' using errcode = '40001'; end $$"));
            throw new AggregateException(conflict, other);
        }));

        Assert.Equal(2, error.InnerExceptions.Count);
        Assert.Equal(1, runs);
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Of_another_source_inside_are_not_done_again()
    {
        await using var outer = WritableDataSource.Create(_server.ConnectionString());
        var inner = 0;
        // Terminated, so that the unknown outcome has a 57P01 in it.
        _link.Plan = async request =>
        {
            if (!request.Contains(Commit, StringComparison.Ordinal))
                return Fault.None;
            await _server.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'inner'");
            return Fault.None;
        };
        await using var source = WritableDataSource.Create(_link.ConnectionString(c => c.ApplicationName = "inner"));

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => outer.ExecuteInTransactionAsync(async (_, _) =>
        {
            inner++;
            await source.ExecuteInTransactionAsync((connection, _) => Ledger.WriteAsync(connection, 1));
        }));
        Assert.Equal(1, inner);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Resolved_as_committed_by_a_witness(bool async)
    {
        _link.FailOnceAt(Commit, Fault.CutAfter);
        await WriteAsync(async, Resolve());
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Resolved_as_not_committed_and_run_again(bool async)
    {
        _link.FailOnceAt(Commit, Fault.CutBefore);
        await WriteAsync(async, Resolve());
        Assert.Equal([2], await Ledger.EntriesAsync(_server));
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task Of_a_server_that_crashed_since_are_unknown_although_it_says_committed(bool async)
    {
        CrashAfterCommit();
        var error = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => WriteAsync(async, Resolve()));

        Assert.NotNull(error.TransactionId);
        Assert.Equal("committed", await _server.QueryAsync<string>($"select pg_xact_status('{error.TransactionId}'::xid8)"));
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Of_a_server_that_crashed_since_are_what_the_caller_can_verify(bool verified, bool async)
    {
        CrashAfterCommit();
        await WriteAsync(async, Resolve(verified));
        Assert.Equal(verified ? 1 : 2, _runs);
    }

    [Fact]
    public async Task Whose_verification_fails_are_unknown_and_say_why()
    {
        CrashAfterCommit();
        var own = new InvalidOperationException("own");
        var error = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => WriteAsync(async: true, new()
        {
            CommitOutcome = CommitOutcome.Resolve,
            VerifyCommittedAsync = (_, _) => throw own,
        }));
        Assert.Contains(own, Assert.IsType<AggregateException>(error.InnerException).InnerExceptions);
        Assert.Equal(1, _runs);
    }

    [Theory, MemberData(nameof(Ways.Both), MemberType = typeof(Ways))]
    public async Task That_are_late_are_abandoned_and_not_cancelled(bool async)
    {
        // A COMMIT that is cancelled while it waits for a synchronous standby is answered as if it were done.
        await _server.AlterSystemAsync("synchronous_standby_names", "missing");
        var asked = 0;
        await using var link = new FaultyLink(_server)
        {
            Plan = request =>
            {
                if (request.Contains("pg_stat_get_activity", StringComparison.Ordinal))
                    Interlocked.Increment(ref asked);
                return new(Fault.None);
            },
        };
        await using var source = WritableDataSource.Create(link.ConnectionString(c => c.CommandTimeout = 1));
        try
        {
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => source.RunAsync(async, connection => Ledger.WriteAsync(connection, 1)));
            // Nor when it was asked whether its session lives; that was over when it is asked again.
            await Eventually.HoldsAsync(() => !async || Volatile.Read(ref asked) >= 2, "the session to be asked for again");
            Assert.True(await _server.QueryAsync<bool>("select exists (select from pg_stat_activity where wait_event = 'SyncRep')"));
        }
        finally
        {
            await _server.AlterSystemAsync("synchronous_standby_names", null);
        }
    }

    [Fact]
    public async Task Are_told_as_done_by_Npgsqls_own_Commit()
    {
        await _server.AlterSystemAsync("synchronous_standby_names", "missing");
        try
        {
            await using var connection = new NpgsqlConnection(_server.ConnectionString(c => (c.CommandTimeout, c.Pooling) = (1, false)));
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await Ledger.WriteAsync(connection, 1);
            // No exception, although no standby has it: the reason why the guard sends COMMIT in its own way.
            await transaction.CommitAsync();
        }
        finally
        {
            await _server.AlterSystemAsync("synchronous_standby_names", null);
        }
    }

    [Fact]
    public async Task That_still_run_are_waited_for()
    {
        // The trigger makes COMMIT wait after its connection was lost to the client.
        await _server.ExecuteAsync("""
            create function slow() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return null; end $$;
            create constraint trigger slow after insert on entries deferrable initially deferred for each row execute function slow();
            """);
        await using var holder = new NpgsqlConnection(_server.ConnectionString());
        await holder.OpenAsync();
        await Ledger.ExecuteAsync(holder, "select pg_advisory_lock(1)");
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => c.CommandTimeout = 1));

        var transaction = source.RunAsync(async: true, connection => Ledger.WriteAsync(connection, ++_runs), Resolve());
        await Eventually.HoldsAsync(
            () => _server.QueryAsync<bool>("select exists (select from pg_stat_activity where query like '%pg_xact_status%' and pid <> pg_backend_pid())"), "the outcome to be asked for");
        Assert.False(transaction.IsCompleted);
        await Ledger.ExecuteAsync(holder, "select pg_advisory_unlock(1)");

        await transaction;
        Assert.Equal([1], await Ledger.EntriesAsync(_server));
    }

    [Fact]
    public async Task Need_one_witness_for_all_transactions()
    {
        await WriteAsync(async: true, Resolve());
        for (var i = 0; i < 5; i++)
            await WriteAsync(async: true, Resolve());
        Assert.Equal(2, await _server.QueryAsync<long>("select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"));
    }

    void CrashAfterCommit()
    {
        var left = 1;
        _link.Plan = request =>
        {
            if (!request.Contains(Commit, StringComparison.Ordinal) || Interlocked.Exchange(ref left, 0) == 0)
                return new(Fault.None);
            // fsync is off, so what was committed would be lost by a crash of the machine, never by one of the server.
            _ = CrashAsync();
            return new(Fault.Silence);
        };

        async Task CrashAsync()
        {
            await Eventually.HoldsAsync(async () => (await Ledger.EntriesAsync(_server)).Any(), "the COMMIT");
            await _server.StopAsync(StopMode.Immediate);
            await _server.StartAsync();
        }
    }
}
