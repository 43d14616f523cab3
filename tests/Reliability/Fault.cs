using System.Diagnostics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Reliability;

/// <summary>A promotion that the old primary did not agree to, so that what only it had is lost. Moments are timestamps of the stopwatch.</summary>
readonly record struct Promotion(long Began, long Done);

/// <summary>Something that happens to a pair, after which the pair is whole again.</summary>
sealed record Fault(string Name, Func<ReplicatedPair, Random, Task<Promotion?>> StrikeAsync)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("switchover", async (pair, _) =>
        {
            await pair.FailOverAsync();
            await pair.RejoinAsync();
            return null;
        }),
        new("killed primary, promotion", (pair, random) => PromoteAsync(pair, random, async () => await pair.KillAndPromoteAsync())),
        new("two primaries", (pair, random) => PromoteAsync(pair, random, async () => await pair.PromoteStandbyAsync())),
        new("frozen primary, promotion", (pair, random) => PromoteAsync(pair, random, async () =>
        {
            pair.Primary.Freeze();
            await pair.PromoteStandbyAsync();
        })),
        new("restart", async (pair, _) =>
        {
            await pair.Primary.StopAsync();
            await pair.Primary.StartAsync();
            return null;
        }),
        new("crash and restart", async (pair, _) =>
        {
            await pair.Primary.KillAsync();
            await pair.Primary.StartAsync();
            return null;
        }),
        new("frozen for a while", async (pair, random) =>
        {
            pair.Primary.Freeze();
            await Task.Delay(random.Next(100, 5000));
            pair.Primary.Thaw();
            return null;
        }),
        new("read-only maintenance", async (pair, random) =>
        {
            await pair.Primary.AlterSystemAsync("default_transaction_read_only", "on");
            await Task.Delay(random.Next(100, 3000));
            await pair.Primary.AlterSystemAsync("default_transaction_read_only", null);
            return null;
        }),
        new("all backends terminated", async (pair, _) =>
        {
            await pair.Primary.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
            return null;
        }),
        new("standby restarted", async (pair, _) =>
        {
            await pair.Standby.StopAsync();
            await pair.Standby.StartAsync();
            return null;
        }),
    ];

    static async Task<Promotion?> PromoteAsync(ReplicatedPair pair, Random random, Func<Task> failOver)
    {
        var began = Stopwatch.GetTimestamp();
        await failOver();
        var done = Stopwatch.GetTimestamp();
        await Task.Delay(random.Next(100, 4000));
        await pair.RejoinAsync();
        return new(began, done);
    }
}
