using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Patroni;

/// <summary>Three servers, kept by real Patronis that agree in a real etcd: who is the primary is decided by others, and takes its time.</summary>
[Trait("Heavy", "yes")]
public sealed class UnderPatroni : IAsyncLifetime
{
    // A leader that is silent is replaced after 20 s, Patroni's shortest; then an election, and a promotion.
    static readonly TimeSpan Election = TimeSpan.FromSeconds(60);

    PatroniCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PatroniCluster.StartAsync();
        await Writers.CreateTableAsync(_cluster.Nodes[0]);
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    WritableDataSource Source() => WritableDataSource.Create(_cluster.ConnectionString(), options => options.FailoverTimeout = Election);

    [Fact]
    public async Task Ten_switchovers_back_and_forth_lose_nothing()
    {
        await using var source = Source();
        await SwitchOverAsync(source, times: 10);
    }

    [Fact]
    public async Task The_loss_of_the_leader_is_survived_and_so_is_its_return()
    {
        await using var source = Source();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
        var old = _cluster.Nodes[0];
        await old.KillAsync();
        var killed = Stopwatch.GetTimestamp();
        var leader = await _cluster.SettledAsync(without: old);
        await writers.WroteAsync(200);
        await old.StartAgentAsync();
        Assert.Equal(leader, await _cluster.SettledAsync());
        await writers.WroteAsync(200);
        await writers.StopAsync();

        // An asynchronous standby may not have what was acknowledged last; that may be read a moment after the kill.
        Assert.All(await writers.LostAsync(leader), row => Assert.True(row.RentedAt <= killed, $"lost, though begun after the kill: {row}"));
        AssertOnlyCommitsAreUnknown(writers);
    }

    [Fact]
    public async Task A_leader_that_nobody_minds_any_more_is_left_as_soon_as_another_is_promoted()
    {
        await using var source = Source();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
        var old = _cluster.Nodes[0];
        await old.KillAgentAsync();
        // Its server takes writes on and on: there are two primaries from here.
        var promoted = long.MinValue;
        await Eventually.HoldsAsync(async () =>
        {
            foreach (var node in _cluster.Nodes.Skip(1))
                if (await node.IsPrimaryAsync())
                    promoted = Stopwatch.GetTimestamp();
            return promoted != long.MinValue;
        }, "another to be promoted", Election);
        Assert.True(await old.IsPrimaryAsync());
        var leader = await _cluster.SettledAsync(without: old);
        await Eventually.HoldsAsync(async () => await RentedPortAsync(source) == leader.Port, "the promotion to be seen");
        await writers.WroteAsync(200);
        await old.StartAgentAsync();
        Assert.Equal(leader, await _cluster.SettledAsync());
        await writers.WroteAsync(200);
        await writers.StopAsync();

        var bar = promoted + Stopwatch.Frequency * 3 / 2; // PeerCheckInterval and half a second
        var lost = await writers.LostAsync(leader);
        double Milliseconds(long at) => (at - promoted) * 1000.0 / Stopwatch.Frequency;
        if (lost.Count != 0)
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{lost.Count} of {writers.Acknowledged} lost, rented from {Milliseconds(lost.Min(row => row.RentedAt)):F0} to {Milliseconds(lost.Max(row => row.RentedAt)):F0} ms after the promotion.");
        Assert.All(lost, row => Assert.True(row.RentedAt <= bar, $"lost, though rented after the promotion could be known: {row}"));
        AssertOnlyCommitsAreUnknown(writers);
    }

    [Fact]
    public async Task Without_etcd_nothing_is_written_and_with_it_everything_again()
    {
        await using var source = Source();
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
        _cluster.LoseEtcd();
        await Eventually.HoldsAsync(async () => !await _cluster.Nodes[0].IsPrimaryAsync(), "the leader to step down", Election);
        _cluster.ReturnEtcd();
        var leader = await _cluster.SettledAsync();
        await writers.WroteAsync(200);
        await writers.StopAsync();

        Assert.Empty(await writers.LostAsync(leader));
        AssertOnlyCommitsAreUnknown(writers);
    }

    [Fact]
    public async Task One_address_that_follows_the_leader_is_enough()
    {
        await using var proxy = await HAProxy.StartAsync(_cluster);
        await using var source = WritableDataSource.Create(proxy.ConnectionString(), options => options.FailoverTimeout = Election);
        await SwitchOverAsync(source, times: 2);
    }

    async Task SwitchOverAsync(WritableDataSource source, int times)
    {
        await using var writers = Writers.StartTransactions(source);
        for (var i = 0; i < times; i++)
        {
            await writers.WroteAsync(100);
            await _cluster.SwitchOverAsync(_cluster.Nodes[(i + 1) % 2]);
        }
        var leader = await _cluster.SettledAsync();
        await writers.WroteAsync(100);
        await writers.StopAsync();

        Assert.Empty(await writers.LostAsync(leader));
        AssertOnlyCommitsAreUnknown(writers);
    }

    static async Task<int> RentedPortAsync(WritableDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return connection.Port;
    }

    static void AssertOnlyCommitsAreUnknown(Writers writers)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"{writers.Acknowledged} transactions done, {writers.Failures.Count} failed.");
        Assert.All(writers.Failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
    }
}
