using System.Transactions;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Rents inside a TransactionScope behave as with plain Npgsql, and the write check stays out of the user's transaction.</summary>
public sealed class AmbientTransactionScopes : IAsyncLifetime
{
    const int Limit = 5;

    ReplicatedPair _pair = null!;
    LaggingBalancer _balancer = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        // Statements are logged with their virtual transaction, so that a test can see which transaction the check ran in.
        _pair = await ReplicatedPair.StartAsync("log_statement=all", "log_line_prefix=[%v] ");
        _balancer = new(_pair.Primary);
        await _pair.Primary.ExecuteAsync("create table written (number int)");
        _source = WritableDataSource.Create(_balancer.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (Limit, 5)), o => o.ValidationInterval = TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _balancer.DisposeAsync();
        await _pair.DisposeAsync();
    }

    static readonly string[] AllWays = ["OpenConnection", "OpenConnectionAsync", "Open", "OpenAsync"];

    public static TheoryData<string> Ways => [.. AllWays];

    [Theory, MemberData(nameof(Ways))]
    public async Task Commit_and_roll_back_what_was_written_in_them(string way)
    {
        using (var scope = Scope())
        {
            await WriteAsync(way, 1);
            scope.Complete();
        }
        using (Scope())
            await WriteAsync(way, 2);

        Assert.Equal([1], await WrittenAsync());
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Give_the_same_physical_connection_to_one_rent_after_the_other(string way)
    {
        using (var scope = Scope())
        {
            // A second physical connection would make the commit a two-phase one, which this server refuses.
            var first = await WriteAsync(way, 1);
            var second = await WriteAsync(way, 2);
            Assert.Equal(first, second);
            scope.Complete();
        }
        Assert.Equal([1, 2], await WrittenAsync());
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Fact]
    public async Task Mix_the_ways_to_open_on_one_physical_connection()
    {
        using (var scope = Scope())
        {
            var backends = new HashSet<int>();
            foreach (string way in AllWays.Concat(AllWays))
                backends.Add(await WriteAsync(way, 1));
            Assert.Single(backends);
            scope.Complete();
        }
        Assert.Equal(8, (await WrittenAsync()).Count);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Need_two_phases_with_two_connections_at_once_as_plain_Npgsql_does(string way)
    {
        await Assert.ThrowsAsync<TransactionAbortedException>(async () =>
        {
            using var scope = Scope();
            await using var first = await OpenAsync(way);
            await using var second = await OpenAsync(way);
            Assert.NotEqual(first.ProcessID, second.ProcessID);
            await InsertAsync(first, 1);
            await InsertAsync(second, 2);
            scope.Complete();
        });
        Assert.Empty(await WrittenAsync());
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Hold_nothing_but_the_users_statements(string way)
    {
        using (var scope = Scope())
        {
            await using var connection = await OpenAsync(way);
            // Allowed only before the first statement that takes a snapshot.
            await ExecuteAsync(connection, "set transaction isolation level repeatable read");
            await InsertAsync(connection, 1);
            scope.Complete();
        }
        var log = await File.ReadAllLinesAsync(_pair.Primary.LogFile);
        var insert = Assert.Single(log, line => line.Contains("insert into written", StringComparison.Ordinal));
        var inTransaction = log.Where(line => line.StartsWith(insert[..insert.IndexOf(']')], StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(inTransaction, line => line.Contains("pg_is_in_recovery", StringComparison.Ordinal));
        Assert.DoesNotContain(inTransaction, line => line.Contains("transaction_read_only", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Wait_for_the_new_primary_before_they_enlist(string way)
    {
        _balancer.SwitchTo(_pair.Standby);
        using var meter = new GuardMeter();
        var writes = Enumerable.Range(0, Limit).Select(number => Task.Run(async () =>
        {
            using var scope = Scope();
            await WriteAsync(way, number);
            scope.Complete();
        })).ToList();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == Limit, "them to wait");
        _balancer.SwitchTo(_pair.Primary);
        await Task.WhenAll(writes);
        Assert.Equal(Limit, (await WrittenAsync()).Count);
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task End_with_the_guards_explanation_when_they_waited_in_vain(string way)
    {
        await using var source = WritableDataSource.Create(_balancer.ConnectionString(), o => o.FailoverTimeout = TimeSpan.Zero);
        _balancer.SwitchTo(_pair.Standby);
        using var scope = Scope();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var refused = await Record.ExceptionAsync(async () => await (await OpenAsync(way, source)).DisposeAsync());
            if (way.StartsWith("OpenConnection", StringComparison.Ordinal))
                Assert.IsType<NoWritableServerException>(refused);
            Assert.Contains("No writable server", refused?.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("OpenConnection")]
    [InlineData("OpenConnectionAsync")]
    public async Task That_end_while_their_rent_waits_leak_nothing(string way)
    {
        for (var i = 0; i < Limit; i++)
        {
            await _pair.Primary.AlterSystemAsync("default_transaction_read_only", "on");
            using var transaction = new CommittableTransaction();
            using var meter = new GuardMeter();
            var rent = Task.Run(async () =>
            {
                using var scope = new TransactionScope(transaction, TransactionScopeAsyncFlowOption.Enabled);
                await using var connection = await OpenAsync(way);
            });
            await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the rent to wait");
            transaction.Rollback();
            await _pair.Primary.AlterSystemAsync("default_transaction_read_only", null);
            await Assert.ThrowsAnyAsync<TransactionException>(() => rent);
        }
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Lose_their_work_when_the_server_goes_and_the_next_one_goes_on(string way)
    {
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var scope = Scope();
            await WriteAsync(way, 1);
            await _pair.FailOverAsync();
            await WriteAsync(way, 2);
            scope.Complete();
        });
        _balancer.SwitchTo(_pair.Primary);
        using (var scope = Scope())
        {
            await WriteAsync("OpenConnectionAsync", 3);
            scope.Complete();
        }
        Assert.Equal([3], await WrittenAsync());
        await PoolLimit.GivesDistinctBackendsAsync(_source, Limit);
    }

    [Fact]
    public async Task Are_ignored_where_the_string_says_Enlist_false()
    {
        await using var source = WritableDataSource.Create(_balancer.ConnectionString(c => c.Enlist = false));
        using (Scope())
        {
            await using var connection = await source.OpenConnectionAsync();
            await InsertAsync(connection, 1);
        }
        Assert.Equal([1], await WrittenAsync());
    }

    static TransactionScope Scope() => new(
        TransactionScopeOption.Required, new TransactionOptions { IsolationLevel = IsolationLevel.ReadCommitted }, TransactionScopeAsyncFlowOption.Enabled);

    async Task<NpgsqlConnection> OpenAsync(string way, WritableDataSource? source = null)
    {
        source ??= _source;
        if (way == "OpenConnection")
            return source.OpenConnection();
        if (way == "OpenConnectionAsync")
            return await source.OpenConnectionAsync();
        var connection = source.CreateConnection();
        try
        {
            if (way == "Open")
                connection.Open();
            else
                await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    async Task<int> WriteAsync(string way, int number)
    {
        await using var connection = await OpenAsync(way);
        await InsertAsync(connection, number);
        return connection.ProcessID;
    }

    static Task InsertAsync(NpgsqlConnection connection, int number) => ExecuteAsync(connection, $"insert into written values ({number})");

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    async Task<List<int>> WrittenAsync()
    {
        await using var plain = NpgsqlDataSource.Create(_pair.Primary.ConnectionString());
        await using var reader = await plain.CreateCommand("select number from written order by number").ExecuteReaderAsync();
        var numbers = new List<int>();
        while (await reader.ReadAsync())
            numbers.Add(reader.GetInt32(0));
        return numbers;
    }
}
