using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>A server does not tell its identity for a while, or not to a session of this kind: that passes, and decides nothing for good.</summary>
public sealed class ServersThatDoNotTell : IAsyncLifetime
{
    const int FencingOff = 4, SplitBrain = 12, FencingOn = 13;

    readonly RecordedLogs _logs = new();
    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await _pair.Primary.ExecuteAsync("create role app login");
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    WritableDataSource Source() => WritableDataSource.Create(
        $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=app;Database=postgres", options =>
        {
            (options.PeerCheckInterval, options.ValidationInterval) = (TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
            options.LoggerFactory = _logs;
        });

    static async Task<int> PortAsync(WritableDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return connection.Port;
    }

    Task LoggedAsync(WritableDataSource source, int logged, string what) => Eventually.HoldsAsync(async () =>
    {
        await PortAsync(source);
        return _logs.Entries.Any(entry => entry.Event == logged);
    }, what);

    async Task APromotionIsSeenAsync(WritableDataSource source)
    {
        await _pair.PromoteStandbyAsync();
        await LoggedAsync(source, SplitBrain, "the promotion to be seen");
        Assert.Equal(_pair.Primary.Port, await PortAsync(source));
    }

    [Fact]
    public async Task Are_asked_again_after_a_right_was_taken_and_given_back()
    {
        await _pair.Primary.ExecuteAsync("revoke execute on function pg_control_system() from public");
        await using var source = Source();
        await LoggedAsync(source, FencingOff, "the server not to tell");
        await _pair.Primary.ExecuteAsync("grant execute on function pg_control_system() to public");
        await LoggedAsync(source, FencingOn, "the server to tell");
        await _pair.CatchUpAsync();
        await APromotionIsSeenAsync(source);
        Assert.InRange(_logs.Entries.Count(entry => entry.Event == FencingOff), 1, 2);
    }

    [Fact]
    public async Task Are_told_apart_where_the_role_is_serializable_and_a_standby_refuses_every_query()
    {
        await _pair.Primary.ExecuteAsync("alter role app set default_transaction_isolation = 'serializable'");
        await _pair.CatchUpAsync();
        await using var source = Source();
        var first = _pair.Primary.Port;
        Assert.Equal(first, await PortAsync(source));
        await APromotionIsSeenAsync(source);
        Assert.DoesNotContain(_logs.Entries, entry => entry.Event == FencingOff);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";No Reset On Close=true")]
    public async Task Cost_no_rent_where_idle_sessions_lead_to_a_standby(string settings)
    {
        await _pair.Primary.ExecuteAsync("alter role app set default_transaction_isolation = 'serializable'");
        await _pair.CatchUpAsync();
        await using var balancer = new LaggingBalancer(_pair.Primary);
        await using var source = WritableDataSource.Create(balancer.ConnectionString(s => s.Username = "app") + settings);
        await StalePool.FillAsync(source, balancer, _pair.Standby, count: 4);
        balancer.SwitchTo(_pair.Primary);
        using var meter = new GuardMeter();
        for (var i = 0; i < 8; i++)
            await PortAsync(source);
        Assert.Equal(1, meter.PoolClears);
    }
}
