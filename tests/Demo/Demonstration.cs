using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>The whole demonstration: the sample application before and after the fix, and a web application that uses everything.</summary>
static class Demonstration
{
    /// <param name="root">Of the checkout.</param>
    /// <returns>0 if the guarded applications came through.</returns>
    public static async Task<int> PlayAsync(string root)
    {
        var starting = Task.WhenAll(Site.StartAsync("before"), Site.StartAsync("after"));
        var sample = new SampleApplication(Path.Combine(root, "tests", "Sample"), Path.Combine(root, "build", "output"));
        await sample.CompileBeforeAndAfterAsync();

        await using var before = (await starting)[0];
        await using var after = (await starting)[1];
        (Site, string)[] sides = [(before, sample.Before), (after, sample.After)];

        var switchover = await new Run(new Switchover()).PlayAsync(sides);
        var maintenance = await new Run(new Maintenance()).PlayAsync(sides);
        Result[] results = [.. switchover, .. maintenance];

        ResultTable.Print(results);
        var picture = FailoverPicture.Save(switchover, Path.Combine(root, "docs", "images", "failover.svg"));
        AnsiConsole.MarkupLineInterpolated($"The switchover as a picture: [bold]{Path.GetRelativePath(root, picture)}[/]");
        AnsiConsole.WriteLine();
        var complete = await WebPage.PlayAsync();

        var broken = results.Where(result => result.Site == after.Name && (result.Lost > 0 || !result.Recovered)).ToArray();
        foreach (var result in broken)
            AnsiConsole.MarkupLineInterpolated($"[red]The guarded application did not come through the {result.Scenario}.[/]");
        return broken.Length == 0 && complete ? 0 : 1;
    }
}
