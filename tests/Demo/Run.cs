using ReadOnlyGuard.Servers;
using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>One scenario, played at the same time to each application on its own site.</summary>
sealed class Run<TSite>(Scenario<TSite> scenario) where TSite : Site
{
    static readonly TimeSpan Calm = TimeSpan.FromSeconds(1.5);

    public async Task<Result[]> PlayAsync(IReadOnlyList<(TSite Site, string Program)> sides)
    {
        AnsiConsole.Write(new Rule($"[bold]{scenario.Name}[/]") { Justification = Justify.Left });
        AnsiConsole.MarkupLineInterpolated($"[grey]{scenario.Description}[/]");
        await Task.WhenAll(sides.Select(side => side.Site.CalmAsync()));
        await Task.WhenAll(sides.Select(side => side.Site.Primary.ExecuteAsync("drop table if exists ledger")));

        var applications = sides.Select(side => new RunningApplication(side.Site, side.Program)).ToArray();
        try
        {
            await Task.WhenAll(applications.Select(application => application.WritesAsync()));
            var playing = Task.WhenAll(sides.Select(side => PlayAsync(side.Site)));
            await new Progress(scenario.Name, applications).ShowUntilAsync(playing);
            var played = await playing;
            return await Task.WhenAll(applications.Zip(played, ResultAsync));
        }
        finally
        {
            await Task.WhenAll(applications.Select(application => application.StopAsync()));
        }
    }

    async Task<(Outage Outage, double End)> PlayAsync(TSite site)
    {
        await Task.Delay(Calm);
        var outage = await scenario.PlayAsync(site);
        await Task.Delay(scenario.Watched);
        return (outage, Clock.Now);
    }

    async Task<Result> ResultAsync(RunningApplication application, (Outage Outage, double End) played)
    {
        await application.StopAsync();
        var log = application.Log;
        return new(scenario.Name, application.Site.Name, played.Outage, log.Acknowledged, log.Failed, await application.LostAsync(), played.End);
    }
}
