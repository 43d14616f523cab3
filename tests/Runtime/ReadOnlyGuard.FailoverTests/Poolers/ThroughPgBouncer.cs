using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Poolers;

/// <summary>
/// PgBouncer keeps the client's sessions through a failover and moves them silently, and it goes on telling the session parameters of
/// the server that it knew first. The guard must not be fooled, in either direction.
/// </summary>
public sealed class ThroughPgBouncer : IAsyncLifetime
{
    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(_pair.Primary);
        await _pair.CatchUpAsync();
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    public static TheoryData<string> PoolModes => ["transaction", "session"];

    static WritableDataSource Source(PgBouncer bouncer, Action<WritableDataSourceOptions>? configure = null)
        => WritableDataSource.Create(bouncer.ConnectionString(c => c.NoResetOnClose = true), configure);

    [Theory, MemberData(nameof(PoolModes))]
    public async Task Transactions_survive_a_failover_that_it_is_pointed_after_late(string poolMode)
    {
        await using var bouncer = await PgBouncer.StartAsync(_pair.Primary.Port, poolMode);
        await using var source = Source(bouncer);
        using var meter = new GuardMeter();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);

        await _pair.FailOverAsync();
        await _pair.RejoinAsync();
        // It leads to the old primary, which is a standby now.
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") > 0, "the standby to be found out");
        await bouncer.PointAtAsync(_pair.Primary.Port);
        await writers.WroteAsync(200);
        await writers.StopAsync();

        Assert.Empty(await writers.LostAsync(_pair.Primary));
        Assert.All(writers.Failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
    }

    [Theory, MemberData(nameof(PoolModes))]
    public async Task A_planned_switchover_under_PAUSE_fails_nothing(string poolMode)
    {
        await using var bouncer = await PgBouncer.StartAsync(_pair.Primary.Port, poolMode);
        await using var source = WritableDataSource.Create(
            // A session is let go of when its client closes it.
            bouncer.ConnectionString(c => (c.NoResetOnClose, c.ConnectionLifetime) = (true, poolMode == "session" ? 1 : 0)));
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);

        await bouncer.PauseAsync();
        await _pair.FailOverAsync();
        await bouncer.PointAtAsync(_pair.Primary.Port);
        await bouncer.ResumeAsync();
        await writers.WroteAsync(200);
        await writers.StopAsync();

        Assert.Empty(await writers.LostAsync(_pair.Primary));
        Assert.Empty(writers.Failures);
    }

    [Fact]
    public async Task A_standby_that_it_calls_writable_is_refused()
    {
        await using var bouncer = await PgBouncer.StartAsync(_pair.Primary.Port);
        await using (var first = await OpenAsync(bouncer)) // it learns the parameters from this one
            Assert.Equal("off", InHotStandby(first));
        await _pair.FailOverAsync();
        await _pair.RejoinAsync();

        await using (var fooled = await OpenAsync(bouncer))
            Assert.Equal(("off", true), (InHotStandby(fooled), await IsInRecoveryAsync(fooled)));
        await using var source = Source(bouncer, o => o.FailoverTimeout = TimeSpan.FromSeconds(1));
        var refused = await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        Assert.Equal(ServerRole.HotStandby, Assert.Single(refused.Answers).Role);
    }

    [Fact]
    public async Task A_primary_that_it_calls_a_standby_is_used()
    {
        await using var bouncer = await PgBouncer.StartAsync(_pair.Standby.Port);
        await using (var first = await OpenAsync(bouncer))
            Assert.Equal("on", InHotStandby(first));
        await _pair.FailOverAsync();

        await using (var fooled = await OpenAsync(bouncer))
            Assert.Equal(("on", false), (InHotStandby(fooled), await IsInRecoveryAsync(fooled)));
        await using var source = Source(bouncer);
        await using var rented = await source.OpenConnectionAsync();
        await Writers.InsertAsync(rented, 0, 0);
    }

    [Fact]
    public async Task After_RECONNECT_it_tells_the_truth_and_nothing_changes()
    {
        await using var bouncer = await PgBouncer.StartAsync(_pair.Standby.Port);
        await using var source = Source(bouncer, o => o.FailoverTimeout = TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        await _pair.FailOverAsync();
        await bouncer.ReconnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await using var rented = await source.OpenConnectionAsync();
            await Writers.InsertAsync(rented, 0, i);
        }
    }

    [Fact]
    public async Task Behind_it_HAProxy_finds_the_primary_and_the_client_keeps_its_sessions()
    {
        await using var proxy = await HAProxy.StartAsync([_pair.Primary.Port, _pair.Standby.Port]);
        await using var bouncer = await PgBouncer.StartAsync(proxy.Port);
        await using var source = Source(bouncer);
        await FailOverUnderTransactionsAsync(source);
    }

    [Fact]
    public async Task Before_them_HAProxy_finds_the_one_that_leads_to_the_primary()
    {
        await using var one = await PgBouncer.StartAsync(_pair.Primary.Port);
        await using var other = await PgBouncer.StartAsync(_pair.Standby.Port);
        await using var proxy = await HAProxy.StartAsync([one.Port, other.Port]);
        await using var source = WritableDataSource.Create(proxy.ConnectionString(c => c.NoResetOnClose = true));
        await FailOverUnderTransactionsAsync(source);
    }

    [Fact]
    public async Task Two_of_them_are_two_hosts()
    {
        await using var one = await PgBouncer.StartAsync(_pair.Primary.Port);
        await using var other = await PgBouncer.StartAsync(_pair.Standby.Port);
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{one.Port},127.0.0.1:{other.Port};Username=postgres;Database=postgres;No Reset On Close=true");
        await FailOverUnderTransactionsAsync(source);
    }

    async Task FailOverUnderTransactionsAsync(WritableDataSource source)
    {
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
        // There and back.
        for (var i = 0; i < 2; i++)
        {
            await _pair.FailOverAsync();
            await writers.WroteAsync(200);
            await _pair.RejoinAsync();
            await writers.WroteAsync(200);
        }
        await writers.StopAsync();

        Assert.Empty(await writers.LostAsync(_pair.Primary));
        Assert.All(writers.Failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
    }

    static async Task<NpgsqlConnection> OpenAsync(PgBouncer bouncer)
    {
        var connection = new NpgsqlConnection(bouncer.ConnectionString(c => c.Pooling = false));
        await connection.OpenAsync();
        return connection;
    }

    static string? InHotStandby(NpgsqlConnection connection) => connection.PostgresParameters.GetValueOrDefault("in_hot_standby");

    static async Task<bool> IsInRecoveryAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
