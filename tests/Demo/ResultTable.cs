using Spectre.Console;

namespace ReadOnlyGuard.Demo;

static class ResultTable
{
    public static void Print(IEnumerable<Result> results)
    {
        var table = new Table().Title("8 writers, one insert each 2 ms").Caption("* after a writable server can be reached; lost = acknowledged but gone")
            .AddColumns("scenario", "fix", "failed", "first success*", "last error*", "lost");
        foreach (var column in table.Columns.Skip(2))
            column.RightAligned().NoWrap();

        foreach (var result in results)
        {
            table.AddRow(
                result.Scenario,
                result.Site,
                $"{result.Failed.Count:N0}",
                result.FirstSuccess is { } success ? $"{success:N0} ms" : $"[red]none in {result.Watched / 1000:0} s[/]",
                result.StillFailed ? "[red]never ends[/]" : result.LastError is { } error ? $"{error:N0} ms" : "none",
                result.Lost == 0 ? "0" : $"[red]{result.Lost:N0}[/]");
        }

        AnsiConsole.Write(table);
    }
}
