using ReadOnlyGuard.Demo;
using Spectre.Console;

// Run by build/demo, from the root of the checkout. Whatever ends this process ends its servers and applications too:
// each of them waits on a pipe from here.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 160;

var root = Directory.GetCurrentDirectory();
try
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

    var broken = results.Where(result => result.Site == after.Name && (result.Lost > 0 || !result.Recovered)).ToArray();
    foreach (var result in broken)
        AnsiConsole.MarkupLineInterpolated($"[red]The guarded application did not come through the {result.Scenario}.[/]");
    return broken.Length == 0 ? 0 : 1;
}
catch (InvalidOperationException error)
{
    AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
    return 1;
}
