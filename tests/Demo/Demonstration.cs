using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>The sample application before and after the fix.</summary>
/// <param name="root">Of the checkout.</param>
sealed class Demonstration(string root)
{
    /// <summary>On a primary with a standby behind a balancer, and then a web application that uses everything.</summary>
    /// <returns>0 if the guarded applications came through.</returns>
    public async Task<int> PlayAsync()
    {
        var starting = Task.WhenAll(PairSite.StartAsync("before"), PairSite.StartAsync("after"));
        var sample = await CompileAsync();
        await using var before = (await starting)[0];
        await using var after = (await starting)[1];
        (PairSite, string)[] sides = [(before, sample.Before), (after, sample.After)];

        var switchover = await new Run<PairSite>(new Switchover()).PlayAsync(sides);
        var maintenance = await new Run<PairSite>(new Maintenance()).PlayAsync(sides);
        var complete = Judge([.. switchover, .. maintenance], after);
        var picture = FailoverPicture.Save(switchover, Path.Combine(root, "docs", "images", "failover.svg"));
        AnsiConsole.MarkupLineInterpolated($"The switchover as a picture: [bold]{Path.GetRelativePath(root, picture)}[/]");
        AnsiConsole.WriteLine();
        return await WebPage.PlayAsync() && complete ? 0 : 1;
    }

    /// <summary>On clusters of three servers that Patroni keeps.</summary>
    /// <inheritdoc cref="PlayAsync"/>
    public async Task<int> PlayClusterAsync()
    {
        var starting = Task.WhenAll(ClusterSite.StartAsync("before"), ClusterSite.StartAsync("after"));
        var sample = await CompileAsync();
        await using var before = (await starting)[0];
        await using var after = (await starting)[1];
        (ClusterSite, string)[] sides = [(before, sample.Before), (after, sample.After)];

        AnsiConsole.MarkupLineInterpolated($"[grey]Each application has three servers of its own, which Patroni keeps, all in its connection string, with {ClusterSite.Asks}.[/]");
        List<Result> results = [];
        foreach (var scenario in (ClusterScenario[])[new ClusterSwitchover(), new LostLeader(), new LostAgent()])
            results.AddRange(await new Run<ClusterSite>(scenario).PlayAsync(sides));
        return Judge(results, after) ? 0 : 1;
    }

    async Task<SampleApplication> CompileAsync()
    {
        var sample = new SampleApplication(Path.Combine(root, "tests", "Sample"), Path.Combine(root, "build", "output"));
        await sample.CompileBeforeAndAfterAsync();
        return sample;
    }

    /// <summary>Prints what became of them, and tells whether the guarded application came through.</summary>
    static bool Judge(IReadOnlyList<Result> results, Site guarded)
    {
        ResultTable.Print(results);
        var broken = results.Where(result => result.Site == guarded.Name && !result.CameThrough).ToArray();
        foreach (var result in broken)
            AnsiConsole.MarkupLineInterpolated($"[red]The guarded application did not come through: {result.Scenario}.[/]");
        return broken.Length == 0;
    }
}
