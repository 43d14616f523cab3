using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>A standby is promoted, and the old primary does not know it: it still accepts writes, or it is frozen.</summary>
public sealed class ReplacedPrimaries : IAsyncLifetime
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync() => _pair = await ReplicatedPair.StartAsync();

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    public static TheoryData<string, bool> Doors => new(
        from door in new[] { Door.Unopened, Door.UnopenedOnThreads, Door.Shared, Door.BuiltByTheApplication }
        from frozen in new[] { false, true }
        select (door, frozen));

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Are_left_as_soon_as_the_promotion_is_seen(string door, bool frozen)
    {
        await using var source = Door.SourceFor(
            door, $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres;Timeout=10", o => o.PeerCheckInterval = Interval);
        var changed = new TaskCompletionSource<PrimaryChangedEventArgs>();
        source.PrimaryChanged += (_, change) => changed.TrySetResult(change);
        var (old, promoted) = (_pair.Primary, _pair.Standby);
        for (var i = 0; i < 5; i++)
            Assert.Equal(old.Port, await PortAsync(door, source));

        if (frozen)
            old.Freeze();
        await _pair.PromoteStandbyAsync();
        var change = await changed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((PrimaryChangeReason.Promoted, $"127.0.0.1:{old.Port}", $"127.0.0.1:{promoted.Port}"), (change.Reason, change.OldPrimary, change.NewPrimary));

        for (var i = 0; i < 20; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(promoted.Port, await PortAsync(door, source));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    static async Task<int> PortAsync(string door, WritableDataSource source)
    {
        await using var connection = await Task.Run(async () => await Door.OpenAsync(door, source));
        return connection.Port;
    }
}
