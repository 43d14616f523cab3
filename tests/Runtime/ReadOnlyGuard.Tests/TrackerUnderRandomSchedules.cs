using CsCheck;
using ReadOnlyGuard.Tests.Model;

namespace ReadOnlyGuard.Tests;

/// <summary>
/// Thousands of random schedules of rents, answers, failures, promotions, looks and time against a specification of four lines: a rent
/// <list type="number">
/// <item>is never handed a connection whose last check said anything but primary (<see cref="ModelRent"/>),</item>
/// <item>never has a pool cleared twice for one generation (<see cref="ModelPool.Cleared"/>),</item>
/// <item>is never left waiting when there is a primary or its patience is over, and never waits beside another search
/// (<see cref="ModelCluster.SettleAsync"/>, <see cref="ModelProbe"/>),</item>
/// <item>always ends: served, if the cluster heals in time; otherwise with the exception that says why.</item>
/// </list>
/// </summary>
/// <remarks>A schedule that breaks it is made smaller and printed with its seed; CsCheck_Seed runs it again.</remarks>
public sealed class TrackerUnderRandomSchedules
{
    static readonly Gen<(int Hosts, bool OneEndpoint, bool Heals, int[] Steps)> Schedule =
        Gen.Select(Gen.Int[1, 3], Gen.Bool, Gen.Bool, Gen.Int[0, 9_999].Array[10, 200]);

    [Fact]
    public async Task Keeps_to_the_specification()
        => await Schedule.SampleAsync(schedule => RunAsync(schedule.Hosts, schedule.OneEndpoint, schedule.Heals, schedule.Steps), iter: 3_000);

    static async Task RunAsync(int hosts, bool oneEndpoint, bool heals, int[] steps)
    {
        var cluster = new ModelCluster(hosts, oneEndpoint ? 1 : hosts);
        foreach (var step in steps)
        {
            Step(cluster, step % 100, step / 100);
            await cluster.SettleAsync();
        }

        foreach (var host in cluster.Hosts)
            host.Crash();
        if (heals)
            Heal(cluster);
        var late = Enumerable.Range(0, 3).Select(_ => cluster.Rent()).ToList();
        // Longer than any patience.
        for (var second = 0; second < 40 && cluster.Rents.Any(rent => !rent.HasEnded); second++)
        {
            await StepAllAsync(cluster, times: 20);
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            await cluster.SettleAsync();
        }

        Assert.All(cluster.Rents, rent =>
        {
            Assert.True(rent.HasEnded, "A rent does not end.");
            Assert.True(
                rent.Failure is null or NoWritableServerException or ReadOnlyServerException || (rent.Failure is OperationCanceledException && rent.IsCancelled),
                rent.Failure?.ToString());
        });
        if (heals)
            Assert.All(late, rent => Assert.True(rent.WasServed, rent.Failure?.ToString()));
    }

    static async Task StepAllAsync(ModelCluster cluster, int times)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var rent in cluster.Rents)
                rent.Step();
            foreach (var pool in cluster.Pools)
                pool.Probe.Step();
            await cluster.SettleAsync();
        }
    }

    static void Heal(ModelCluster cluster)
    {
        cluster.Promote(cluster.Hosts[0]);
        foreach (var host in cluster.Hosts)
        {
            host.Start();
            (host.IsStandby, host.IsReadOnly) = (host != cluster.Hosts[0], false);
        }
        cluster.Pools[0].Target = cluster.Hosts[0];
    }

    /// <param name="what">Of a hundred.</param>
    /// <param name="which">Of the hosts, pools or rents.</param>
    static void Step(ModelCluster cluster, int what, int which)
    {
        var host = cluster.Hosts[which % cluster.Hosts.Count];
        var pool = cluster.Pools[which % cluster.Pools.Count];
        var rent = cluster.Rents.Count == 0 ? cluster.Rent() : cluster.Rents[which % cluster.Rents.Count];
        switch (what)
        {
            case < 12: cluster.Rent(); break;
            case < 55: rent.Step(); break;
            case < 75: pool.Probe.Step(); break;
            case < 78: rent.Break(); break;
            case < 80: rent.Cancel(); break;
            case < 83: cluster.Promote(host); break;
            case < 86: host.IsStandby = true; break;
            case < 88: host.IsReadOnly = !host.IsReadOnly; break;
            case < 90: host.Crash(); break;
            case < 92: host.Start(); break;
            case < 95: cluster.Look(pool); break;
            case < 97: cluster.Time.Advance(TimeSpan.FromSeconds(1 + which % 10)); break;
            default:
                // Behind one endpoint, the way to the hosts changes.
                if (cluster.Pools.Count == 1)
                    pool.Target = host;
                break;
        }
    }
}
