using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReadOnlyGuard.Servers;
using Shop;
using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>The web application, over a pair of servers that fails over and back.</summary>
static class WebPage
{
    static readonly TimeSpan Calm = TimeSpan.FromSeconds(2), Watched = TimeSpan.FromSeconds(4);

    /// <summary>Serves its page, with a button that makes the servers fail over.</summary>
    public static async Task<int> ServeAsync(int port, CancellationToken cancelled)
    {
        await using var pair = await StartPairAsync();
        await using var application = ShopApplication.Create(HostsOf(pair), $"http://127.0.0.1:{port}", () => SwitchOverAsync(pair));
        await application.StartAsync(cancelled);
        AnsiConsole.MarkupLineInterpolated($"[bold]{application.Urls.Single()}[/] shows orders flowing, and has a button that makes the servers fail over. Ctrl+C ends it.");
        // The application takes Ctrl+C for itself.
        await application.WaitForShutdownAsync(cancelled);
        return 0;
    }

    /// <summary>Plays one switchover under its orders, and counts what became of them.</summary>
    /// <returns>Whether every acknowledged order is in the database.</returns>
    public static async Task<bool> PlayAsync()
    {
        AnsiConsole.Write(new Rule("[bold]web application[/]") { Justification = Justify.Left });
        AnsiConsole.MarkupLine("[grey]Orders over HTTP in four ways; the primary is stopped, its standby promoted, the old primary comes back as a standby. Both servers are hosts.[/]");
        await using var pair = await StartPairAsync();
        await using var application = ShopApplication.Create(HostsOf(pair), "http://127.0.0.1:0");
        await application.StartAsync();
        await Task.Delay(Calm);
        await SwitchOverAsync(pair);
        await Task.Delay(Watched);
        await application.StopAsync();

        var log = application.Services.GetRequiredService<OrderLog>();
        var missing = await MissingAsync(pair.Primary, log.Acknowledged);
        var table = new Table().AddColumns("orders by", "done", "answered 503", "failed", "slowest");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned().NoWrap();
        foreach (var (way, counts) in log.Ways)
            table.AddRow(way, $"{counts.Total.Done:N0}", $"{counts.Total.Unavailable:N0}", $"{counts.Total.Failed:N0}", $"{counts.Slowest.TotalMilliseconds:N0} ms");
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Of {log.Acknowledged.Count:N0} acknowledged orders {missing:N0} are missing. The page: build/demo --web");
        return missing == 0;
    }

    static async Task<ReplicatedPair> StartPairAsync()
    {
        var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync(ShopContext.CreateTable);
        await pair.CatchUpAsync();
        return pair;
    }

    static string HostsOf(ReplicatedPair pair)
        => $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres";

    static async Task SwitchOverAsync(ReplicatedPair pair)
    {
        await pair.FailOverAsync();
        await pair.RejoinAsync();
    }

    static async Task<int> MissingAsync(PostgresServer server, IEnumerable<Guid> acknowledged)
    {
        var there = (await server.QueryAsync<Guid[]>("select array_agg(key) from orders")).ToHashSet();
        return acknowledged.Count(key => !there.Contains(key));
    }
}
