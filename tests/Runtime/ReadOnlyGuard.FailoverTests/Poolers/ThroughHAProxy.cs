using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Poolers;

/// <summary>HAProxy on one address, which asks its servers for their role or does not, and ends the sessions of one that is down or does not.</summary>
public sealed class ThroughHAProxy : IAsyncLifetime
{
    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(_pair.Primary);
        await _pair.CatchUpAsync();
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    Task<HAProxy> StartAsync(bool roleCheck, bool shutdownSessions) => HAProxy.StartAsync([_pair.Primary.Port, _pair.Standby.Port], roleCheck, shutdownSessions);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Transactions_survive_failovers(bool roleCheck, bool shutdownSessions)
    {
        await using var proxy = await StartAsync(roleCheck, shutdownSessions);
        await using var source = WritableDataSource.Create(proxy.ConnectionString());
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_frozen_primary_is_left(bool shutdownSessions)
    {
        await using var proxy = await StartAsync(roleCheck: true, shutdownSessions);
        await using var source = WritableDataSource.Create(proxy.ConnectionString(c => (c.Timeout, c.CommandTimeout) = (3, 3)));
        await using var writers = Writers.StartTransactions(source);
        await writers.WroteAsync(200);
        _pair.Primary.Freeze();
        var frozen = Stopwatch.GetTimestamp();
        var old = await _pair.PromoteStandbyAsync();
        await writers.WroteAsync(200);
        await writers.StopAsync();

        // An asynchronous standby may not have what was acknowledged last; that may be read a moment after the freeze.
        Assert.All(await writers.LostAsync(_pair.Primary), row => Assert.True(row.RentedAt <= frozen, $"lost, though begun after the freeze: {row}"));
        Assert.All(writers.Failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
        old.Thaw();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Without_a_role_check_a_rent_is_never_given_the_standby(int rents)
    {
        await using var proxy = await StartAsync(roleCheck: false, shutdownSessions: false);
        using var meter = new GuardMeter();
        for (var round = 0; round < 3; round++)
        {
            await using var source = WritableDataSource.Create(proxy.ConnectionString());
            var rented = await Task.WhenAll(Enumerable.Range(0, rents).Select(_ => source.OpenConnectionAsync().AsTask()));
            for (var i = 0; i < rented.Length; i++)
            {
                await Writers.InsertAsync(rented[i], round, i);
                await rented[i].DisposeAsync();
            }
        }
        Assert.NotEqual(0, meter.ChecksThatFound("standby"));
    }
}
