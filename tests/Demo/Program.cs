using System.CommandLine;
using ReadOnlyGuard.Demo;
using Spectre.Console;

// Run by build/demo, from the root of the checkout. Whatever ends this process ends its servers and applications too:
// each of them waits on a pipe from here.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 160;

var web = new Option<bool>("--web") { Description = "Serve the web application with its page, until Ctrl+C." };
var port = new Option<int>("--port") { Description = "Where to serve it.", DefaultValueFactory = _ => 5080 };
var cluster = new Option<bool>("--cluster") { Description = "Play it on clusters of three servers that Patroni keeps." };
var demo = new RootCommand("An application before and after the fix, through failovers of real servers.") { cluster, web, port };
demo.SetAction(async (parsed, cancelled) =>
{
    try
    {
        var demonstration = new Demonstration(Directory.GetCurrentDirectory());
        return parsed.GetValue(web) ? await WebPage.ServeAsync(parsed.GetValue(port), cancelled)
            : parsed.GetValue(cluster) ? await demonstration.PlayClusterAsync()
            : await demonstration.PlayAsync();
    }
    catch (Exception error) when (error is InvalidOperationException or IOException)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
        return 1;
    }
});
return await demo.Parse(args).InvokeAsync();
