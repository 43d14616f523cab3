using System.Diagnostics;
using ReadOnlyGuard.Servers;
using Spectre.Console;

namespace ReadOnlyGuard.Reliability;

/// <summary>Random faults for as long as is asked for, under writers of both kinds, and a ledger of what was acknowledged.</summary>
static class Soak
{
    const int WriterCount = 4;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>What a rent may have found before the promotion and used after it: PeerCheckInterval, and half a second for what came of it.</summary>
    static readonly TimeSpan Promised = TimeSpan.FromSeconds(1.5);

    /// <summary>By how much an asynchronous standby may lag here.</summary>
    static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(TimeSpan length, int seed)
    {
        AnsiConsole.MarkupLineInterpolated($"{length.TotalMinutes:0.#} minutes, seed {seed}");
        var random = new Random(seed);
        var struck = new Dictionary<string, int>();
        var promotions = new List<Promotion>();

        await using var pair = await ReplicatedPair.StartAsync();
        await Ledger.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(Contender.BothHosts(pair) + ";Timeout=5;Command Timeout=5");
        await using var rents = new Ledger(0, WriterCount, Pause, Contender.Rents(source).Begin(pair).Write);
        await using var transactions = new Ledger(WriterCount, WriterCount, Pause, Contender.Transactions(source).Begin(pair).Write);
        await rents.WroteAsync(500);
        await transactions.WroteAsync(500);
        var before = Footprint.Take();

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < length)
        {
            var fault = Fault.All[random.Next(Fault.All.Count)];
            AnsiConsole.MarkupLineInterpolated($"[grey]{clock.Elapsed:mm\\:ss}[/] {fault.Name}");
            if (await fault.StrikeAsync(pair, random) is { } promotion)
                promotions.Add(promotion);
            struck[fault.Name] = struck.GetValueOrDefault(fault.Name) + 1;
            await rents.WroteAsync(50);
            await transactions.WroteAsync(50);
            await Task.Delay(random.Next(2000));
        }
        var after = Footprint.Take();
        await rents.StopAsync();
        await transactions.StopAsync();

        var there = await Ledger.OnAsync(pair.Primary);
        Print("faults", [.. struck.OrderBy(fault => fault.Key).Select(fault => (fault.Key, $"{fault.Value}"))]);
        var good = Report("OpenConnectionAsync", rents, there, promotions) & Report("ExecuteInTransactionAsync", transactions, there, promotions);
        Print("growth", [
            ("managed memory", $"{before.ManagedMegabytes:F1} → {after.ManagedMegabytes:F1} MB"),
            ("open files and sockets", $"{before.Files} → {after.Files}"),
            ("threads", $"{before.Threads} → {after.Threads}")]);
        return good ? 0 : 1;
    }

    static bool Report(string kind, Ledger ledger, Dictionary<(int, int), int> there, IReadOnlyList<Promotion> promotions)
    {
        var lost = ledger.Rows.Where(row => !there.ContainsKey((row.Writer, row.Number))).ToArray();
        var unexplained = lost.Count(row => !promotions.Any(promotion => MayLose(promotion, row)));
        var duplicated = ledger.Rows.Count(row => there.GetValueOrDefault((row.Writer, row.Number)) > 1);
        var unknown = ledger.Failures.Count(failure => failure.Error is CommitOutcomeUnknownException);
        Print(kind, [
            ("acknowledged", $"{ledger.Rows.Count:N0}"),
            ("duplicated", $"{duplicated}"),
            ("lost with an old primary, before its promoted standby could be seen", $"{lost.Length - unexplained}"),
            ("lost otherwise", $"{unexplained}"),
            ("failed", $"{ledger.Failures.Count - unknown:N0}"),
            ("outcome unknown", $"{unknown:N0}"),
            ("longest gap between two successes", $"{ledger.LongestGap().TotalSeconds:F1} s")]);
        return unexplained == 0 && duplicated == 0;
    }

    /// <summary>Whether a promotion explains a loss: the row was acknowledged by a primary that its standby did not hear of, or that nobody could know to be replaced.</summary>
    static bool MayLose(Promotion promotion, Row row)
        => Stopwatch.GetElapsedTime(row.Acknowledged, promotion.Began) < Lag && Stopwatch.GetElapsedTime(promotion.Done, row.Began) < Promised;

    static void Print(string title, IEnumerable<(string Name, string Value)> lines)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumns(title, "");
        foreach (var (name, value) in lines)
            table.AddRow(name, value);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine();
    }

    /// <summary>What a process that leaks has more of.</summary>
    sealed record Footprint(double ManagedMegabytes, int Files, int Threads)
    {
        public static Footprint Take()
        {
            using var self = Process.GetCurrentProcess();
            return new(GC.GetTotalMemory(forceFullCollection: true) / 1e6, Directory.GetFiles("/proc/self/fd").Length, self.Threads.Count);
        }
    }
}
