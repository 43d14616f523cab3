using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>The applications side by side while they run: a table that changes on a terminal, else a line each second.</summary>
sealed class Progress(string scenario, IReadOnlyList<RunningApplication> applications)
{
    static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200), InFile = TimeSpan.FromSeconds(1);

    readonly double _begin = Clock.Now;

    public async Task ShowUntilAsync(Task end)
    {
        if (AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected)
            await AnsiConsole.Live(Table()).StartAsync(live => EachAsync(OnTerminal, end, () => live.UpdateTarget(Table())));
        else
            await EachAsync(InFile, end, () => Console.WriteLine(Line()));
    }

    static async Task EachAsync(TimeSpan interval, Task end, Action show)
    {
        using var timer = new PeriodicTimer(interval);
        while (!end.IsCompleted && await timer.WaitForNextTickAsync())
            show();
    }

    Table Table()
    {
        var table = new Table().AddColumns("", "writes/s", "failed", "the last 2.5 s", "last error");
        foreach (var column in table.Columns)
            column.NoWrap();
        foreach (var application in applications)
        {
            var log = application.Log;
            var (acknowledged, failed) = (log.Acknowledged, log.Failed);
            table.AddRow(
                new Text(application.Site.Name),
                new Text($"{Rate(acknowledged):0}").RightJustified(),
                new Text($"{failed.Count}", failed.Count > 0 ? new Style(Color.Red) : Style.Plain).RightJustified(),
                new Markup(Strip.Of(acknowledged, failed)),
                new Text(Short(log.LastError, 14)));
        }

        return table;
    }

    string Line() => $"{scenario} {(Clock.Now - _begin) / 1000,4:0.0} s   " + string.Join("   |   ", applications.Select(application =>
        $"{application.Site.Name,-6} {Rate(application.Log.Acknowledged),5:0} writes/s, {application.Log.Failed.Count,5} failed  {Short(application.Log.LastError, 34),-34}"));

    static string Short(string? text, int length) => text is null ? "" : text.Length <= length ? text : $"{text[..(length - 1)]}…";

    // Over half a second that is surely told by now.
    static double Rate(IReadOnlyList<double> acknowledged)
    {
        var until = Clock.Now - 100;
        return 2 * acknowledged.Count(at => at > until - 500 && at <= until);
    }

    /// <summary>One character for each 100 ms: blue where writes were acknowledged, red where they failed.</summary>
    static class Strip
    {
        const int Slices = 25;

        public static string Of(IReadOnlyList<double> acknowledged, IReadOnlyList<double> failed)
        {
            // Whole slices of the clock, so that the strip moves and does not flicker.
            var now = (long)(Clock.Now / 100);
            var good = acknowledged.CountBy(at => (long)(at / 100)).ToDictionary();
            var bad = failed.CountBy(at => (long)(at / 100)).ToDictionary();
            return string.Concat(Enumerable.Range(0, Slices).Select(index => now - Slices + index).Select(slice =>
                bad.ContainsKey(slice) ? "[red]▒[/]" : good.ContainsKey(slice) ? "[blue]█[/]" : " "));
        }
    }
}
