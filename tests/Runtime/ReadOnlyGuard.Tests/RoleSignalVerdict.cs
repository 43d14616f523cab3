using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Tests.Model;

namespace ReadOnlyGuard.Tests;

/// <summary>
/// What a rent does with an idle connection that was proven writable: by what has happened since, and by what its server is now. Every
/// combination.
/// </summary>
[Collection(nameof(ReadOnlyErrorsInTheProcess))]
public sealed class RoleSignalVerdict : IDisposable
{
    public enum Signal
    {
        None,
        JustWithinTheInterval,
        IntervalOver,
        ReadOnlyErrorInTheProcess,
        OtherErrorInTheProcess,
        ConnectionOfTheServerBroke,
        ConnectionOfAnotherServerBroke,
        PromotionSeenElsewhere,
        NewConnection,
    }

    public enum Now
    {
        Writable,
        SetReadOnly,
        Standby,
        StandbyThatWasPromoted,
        Replaced,
        AnotherCluster,
        Gone,
    }

    public enum Verdict
    {
        HandedOutUnasked,
        HandedOut,
        RefusedAndPoolKept,
        RefusedAndPoolCleared,
    }

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly FakeTimeProvider _time = new();
    readonly Fence _fence = new(NullLogger.Instance);
    readonly WritableDataSource _listening = WritableDataSource.Create("Host=127.0.0.1");

    public void Dispose() => _listening.Dispose();

    /// <summary>Signals that leave a proof standing; after any other the server is asked.</summary>
    static bool IsNone(Signal signal) => signal is Signal.None or Signal.JustWithinTheInterval or Signal.OtherErrorInTheProcess or Signal.ConnectionOfAnotherServerBroke;

    static Verdict OfAnswer(Now now) => now switch
    {
        Now.Writable or Now.StandbyThatWasPromoted or Now.AnotherCluster => Verdict.HandedOut,
        // It may pass, and its connections follow the setting by themselves.
        Now.SetReadOnly => Verdict.RefusedAndPoolKept,
        Now.Standby or Now.Replaced => Verdict.RefusedAndPoolCleared,
        Now.Gone => Verdict.RefusedAndPoolKept,
        _ => throw new ArgumentOutOfRangeException(nameof(now)),
    };

    public static TheoryData<Signal, Now, Verdict> Table()
    {
        var table = new TheoryData<Signal, Now, Verdict>();
        foreach (var signal in Enum.GetValues<Signal>())
            foreach (var now in Enum.GetValues<Now>())
                table.Add(signal, now, Expected(signal, now));
        return table;
    }

    static Verdict Expected(Signal signal, Now now) => (signal, now) switch
    {
        // A promotion that is known outdates every proof: there is nothing to wait for.
        (_, Now.Replaced) => Verdict.RefusedAndPoolCleared,
        // Writable still, and the old primary all the same.
        (Signal.PromotionSeenElsewhere, Now.Writable) => Verdict.RefusedAndPoolCleared,
        _ => IsNone(signal) ? Verdict.HandedOutUnasked : OfAnswer(now),
    };

    [Theory, MemberData(nameof(Table))]
    public void Is(Signal signal, Now now, Verdict expected)
    {
        var host = new Host();
        var pool = Pool("one", host);
        var other = Pool("other", new Host { Timeline = 2 });
        var connection = pool.Open(pool.Server.Pool.Generation)!;
        if (signal != Signal.NewConnection)
            Assert.True(pool.Server.Freshness.Record(connection.Physical, pool.Server.Freshness.Stamp(), pool.Ask(connection)));
        else
            _fence.Admit(pool.Server.Endpoint, Host.Cluster, 1);

        Become(host, now);
        Raise(signal, pool, other);

        Assert.Equal(expected, Rent(pool, connection));
    }

    void Become(Host host, Now now)
    {
        switch (now)
        {
            case Now.SetReadOnly: host.IsReadOnly = true; break;
            case Now.Standby: host.IsStandby = true; break;
            case Now.StandbyThatWasPromoted: host.Timeline = 3; break;
            case Now.Replaced: _fence.Admit(new Endpoint("other", 5432), Host.Cluster, 2); break;
            case Now.AnotherCluster: host.SystemIdentifier++; break;
            case Now.Gone: host.Crash(); break;
        }
    }

    void Raise(Signal signal, ModelPool pool, ModelPool other)
    {
        switch (signal)
        {
            case Signal.JustWithinTheInterval: _time.Advance(Interval - TimeSpan.FromMilliseconds(1)); break;
            case Signal.IntervalOver: _time.Advance(Interval); break;
            case Signal.ReadOnlyErrorInTheProcess: Throw("25006"); break;
            case Signal.OtherErrorInTheProcess: Throw("23505"); break;
            case Signal.ConnectionOfTheServerBroke: pool.Server.Freshness.Suspect(); break;
            case Signal.ConnectionOfAnotherServerBroke: other.Server.Freshness.Suspect(); break;
            case Signal.PromotionSeenElsewhere: Assert.NotNull(other.Look()); break;
        }
    }

    static Verdict Rent(ModelPool pool, ModelConnection connection)
    {
        if (pool.Server.Freshness.Includes(connection.Physical))
            return Verdict.HandedOutUnasked;
        var stamp = pool.Server.Freshness.Stamp();
        var answer = pool.Ask(connection);
        if (pool.Server.Freshness.Record(connection.Physical, stamp, answer))
            return Verdict.HandedOut;
        var generation = pool.Server.Pool.Generation;
        pool.TakeBack(connection, answer);
        return pool.Server.Pool.Generation == generation ? Verdict.RefusedAndPoolKept : Verdict.RefusedAndPoolCleared;
    }

    ModelPool Pool(string name, Host host)
        => new(name, host, _fence, new WritableDataSourceOptions { TimeProvider = _time, ValidationInterval = Interval });

    static void Throw(string sqlState)
        => Assert.Throws<PostgresException>(new Action(() => throw new PostgresException("", "ERROR", "ERROR", sqlState)));
}
