using System.Diagnostics;
using ReadOnlyGuard.Servers;
using Spectre.Console;

namespace ReadOnlyGuard.Reliability;

/// <summary>
/// What each contender loses on the same work when a standby is promoted, under a primary that nobody fenced, that is frozen, or that was
/// killed. Eight writers write before, and eight more from then on.
/// </summary>
static class Losses
{
    const int WriterCount = 8;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2), Before = TimeSpan.FromSeconds(1.5), After = TimeSpan.FromSeconds(8);

    static readonly (string Name, Func<ReplicatedPair, Task> FailOver)[] Scenarios =
    [
        ("two primaries", pair => pair.PromoteStandbyAsync()),
        ("frozen primary", async pair =>
        {
            pair.Primary.Freeze();
            await pair.PromoteStandbyAsync();
        }),
        ("killed primary", pair => pair.KillAndPromoteAsync()),
    ];

    sealed record Outcome(string Scenario, string Contender, int Acknowledged, int Lost, TimeSpan LastLost, int Failed, TimeSpan? FirstSuccess);

    public static async Task<int> RunAsync()
    {
        var outcomes = new List<Outcome>();
        await AnsiConsole.Status().StartAsync("…", async status =>
        {
            foreach (var (name, failOver) in Scenarios)
                foreach (var contender in Contender.All)
                {
                    status.Status($"{name}: {contender.Name}");
                    outcomes.Add(await PlayAsync(name, failOver, contender));
                }
        });
        Print(outcomes);
        return 0;
    }

    static async Task<Outcome> PlayAsync(string scenario, Func<ReplicatedPair, Task> failOver, Contender contender)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Ledger.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        var (write, source) = contender.Begin(pair);
        Ledger running, later;
        long promoted;
        await using (source)
        await using (running = new Ledger(0, WriterCount, Pause, write))
        {
            await Task.Delay(Before);
            await failOver(pair);
            promoted = Stopwatch.GetTimestamp();
            // The others may be stuck in a command for as long as their Command Timeout.
            await using (later = new Ledger(WriterCount, WriterCount, Pause, write))
            {
                await Task.Delay(After);
                pair.Standby.Thaw();
            }
        }

        var there = await Ledger.OnAsync(pair.Primary);
        Row[] rows = [.. running.Rows, .. later.Rows];
        var lost = rows.Where(row => !there.ContainsKey((row.Writer, row.Number))).ToArray();
        var first = rows.Where(row => row.Began > promoted && there.ContainsKey((row.Writer, row.Number))).Select(row => row.Acknowledged).DefaultIfEmpty().Min();
        return new(
            scenario, contender.Name, rows.Length, lost.Length,
            lost.Length == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(promoted, lost.Max(row => row.Acknowledged)),
            running.Failures.Concat(later.Failures).Count(failure => failure.At < promoted + After.TotalSeconds * Stopwatch.Frequency),
            first == 0 ? null : Stopwatch.GetElapsedTime(promoted, first));
    }

    static void Print(IEnumerable<Outcome> outcomes)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumns("scenario", "who", "acknowledged", "lost", "last lost", "failed", "first success on the new primary");
        foreach (var o in outcomes)
            table.AddRow(
                o.Scenario, o.Contender, $"{o.Acknowledged:N0}", $"{o.Lost:N0}", o.Lost == 0 ? "" : Elapsed(o.LastLost), $"{o.Failed:N0}",
                o.FirstSuccess is { } first ? Elapsed(first) : $"none in {After.TotalSeconds:F0} s");
        AnsiConsole.Write(table);
    }

    static string Elapsed(TimeSpan time) => $"{time.TotalMilliseconds:N0} ms";
}
