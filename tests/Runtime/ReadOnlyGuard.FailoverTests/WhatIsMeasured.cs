using System.Diagnostics.Metrics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The meter and the log tell the story of a failover under the names that the documentation gives.</summary>
public sealed class WhatIsMeasured
{
    [Fact]
    public async Task A_failover_is_told_by_the_meter_and_the_log()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        using var logs = new RecordedLogs();
        await using var source = WritableDataSource.Create(balancer.ConnectionString(), o => o.LoggerFactory = logs);
        await StalePool.FillAsync(source, balancer, pair.Standby, 1);
        using var meter = new GuardMeter();

        // Kept, so that the one connection which is still good does not go round.
        await using var good = await source.OpenConnectionAsync();
        // The stale connection is found out, and the pool cleared, before the others come: an open that straddles the clear may bring
        // one more stale connection, and that one is cleared away when it turns up.
        var first = RentAsync();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the first rent to wait");
        var rents = Task.WhenAll(first, RentAsync(), RentAsync());
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("standby") > 3, "the search to find standbys");
        balancer.SwitchTo(pair.Primary);
        await rents;

        Assert.Equal((1, 1, 0), (meter.Searches, meter.PoolClears, meter.RentsWaiting));
        Assert.True(meter.ChecksThatFound("writable") > 0);
        Assert.Contains("server.address=127.0.0.1", meter.Tags);
        Assert.Contains($"server.port={balancer.Port}", meter.Tags);
        // Primary lost, pool cleared, primary found: once each. The search tells after it has let the rents go.
        await Eventually.HoldsAsync(() => logs.Entries.Count == 3, "three entries");
        Assert.Equal([1, 2, 3], logs.Entries.Select(e => e.Event).Order());
        await Eventually.HoldsAsync(() => meter.SearchSeconds > 0, "the time without a primary");

        async Task RentAsync()
        {
            await using var connection = await source.OpenConnectionAsync();
        }
    }

    [Fact]
    public async Task The_role_and_timeline_of_each_server_are_shown()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        using var gauges = new Gauges();
        await using (var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres",
            o => (o.PeerCheckInterval, o.ValidationInterval) = (TimeSpan.FromMilliseconds(50), TimeSpan.Zero)))
        {
            await ShowsAsync(source, ("writable", 1), ("standby", null));
            await pair.PromoteStandbyAsync();
            await ShowsAsync(source, ("writable", 2), ("stale_timeline", 1));
        }
        Assert.Null(gauges.Of(pair.Primary.Port).Role);

        Task ShowsAsync(WritableDataSource source, (string?, long?) primary, (string?, long?) other) => Eventually.HoldsAsync(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            var (first, second) = (gauges.Of(pair.Primary.Port), gauges.Of(pair.Standby.Port));
            // Nobody asks a server that was replaced and is not looked at as a primary any more: its last role stays.
            return first == primary && (second == other || other.Item1 == "stale_timeline" && second.Role is "stale_timeline" or "writable");
        }, $"{primary} and {other}");
    }

    [Fact]
    public async Task A_listener_that_throws_reaches_no_rent()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = WritableDataSource.Create(server.ConnectionString(), o => o.ValidationInterval = TimeSpan.Zero);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ReadOnlyGuard")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        // The first to throw is the last to be told.
        var refusals = 0;
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags.Contains(new("outcome", "read_only")))
                Interlocked.Increment(ref refusals);
            throw new InvalidOperationException("the exporter is full");
        });
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("the exporter is full"));
        listener.Start();
        await using (await source.OpenConnectionAsync())
            await server.AlterSystemAsync("default_transaction_read_only", "on");
        var rents = new[] { Task.Run(async () => await source.OpenConnectionAsync()), Task.Run(source.OpenConnection) };
        await Eventually.HoldsAsync(() => Volatile.Read(ref refusals) > 5, "the search to ask");
        await server.AlterSystemAsync("default_transaction_read_only", null);
        foreach (var rent in rents)
            await (await rent).DisposeAsync();
    }

    /// <summary>What the gauges show of a server.</summary>
    sealed class Gauges : IDisposable
    {
        readonly MeterListener _listener = new();
        readonly List<(string Name, long Value, KeyValuePair<string, object?>[] Tags)> _shown = [];

        public Gauges()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("readonlyguard.server.", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _shown.Add((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _shown.Add((instrument.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public (string? Role, long? Timeline) Of(int port)
        {
            _shown.Clear();
            _listener.RecordObservableInstruments();
            var server = _shown.Where(shown => shown.Tags.Contains(new("server.port", port))).ToList();
            Assert.All(server, shown => Assert.Contains(new("server.address", "127.0.0.1"), shown.Tags));
            return (
                server.Find(shown => shown.Name.EndsWith("role", StringComparison.Ordinal)).Tags?.First(tag => tag.Key == "role").Value as string,
                server.Find(shown => shown.Name.EndsWith("timeline", StringComparison.Ordinal)) is { Tags: not null, Value: var timeline } ? timeline : null);
        }

        public void Dispose() => _listener.Dispose();
    }
}
