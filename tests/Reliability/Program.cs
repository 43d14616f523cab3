using System.CommandLine;
using ReadOnlyGuard.Reliability;
using Spectre.Console;

if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 200;

var losses = new Command("losses", "What plain Npgsql, its multi-host source and the guard lose when a standby is promoted.");
losses.SetAction(_ => Losses.RunAsync());

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 30 };
minutes.Validators.Add(value =>
{
    if (value.GetValueOrDefault<double>() is not (> 0 and < 10_000))
        value.AddError("--minutes: give a number above 0.");
});
var seed = new Option<int>("--seed") { Description = "Which random faults; printed at the start.", DefaultValueFactory = _ => Random.Shared.Next() };
var soak = new Command("soak", "Random faults under writers of both kinds, and a ledger of what was acknowledged.") { minutes, seed };
soak.SetAction(parsed => Soak.RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed)));

return await new RootCommand("What survives a failover.") { losses, soak }.Parse(args).InvokeAsync();
