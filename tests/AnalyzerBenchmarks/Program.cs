using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using ReadOnlyGuard.AnalyzerBenchmarks;

// <folder for the solution>: prints the table; ends with 1 when the bar is missed.
const int Builds = 5;
const double AtMost = 1.0, AtMostWithoutNpgsql = 0.1;

var solution = new GeneratedSolution(new(args is [var folder] ? folder : "GeneratedSolution"));
await solution.WriteAsync();
await DotNetAsync("restore", solution.File);

var measurements = new List<Measurement>();
for (var build = 0; build < Builds; build++)
{
    // One compiler at a time, each a process of its own: none waits for another, and none knows the code already.
    await DotNetAsync(
        "build", solution.File, "--no-restore", "--no-incremental", "-m:1", "-p:ReportAnalyzer=true", "-p:UseSharedCompilation=false", "-p:WarningLevel=0",
        "-tl:off", "-clp:ErrorsOnly;NoSummary", $"-flp:v=detailed;logfile={solution.Log}");
    measurements.Add(Measurement.Read(await File.ReadAllTextAsync(solution.Log)));
}

var ratio = Median(measurement => measurement.Ratio);
var without = Median(measurement => measurement.RulesWithoutNpgsql / measurement.BannedWithoutNpgsql);
bool kept = ratio <= AtMost, keptWithout = without <= AtMostWithoutNpgsql;
Print($"{GeneratedSolution.Files} files, {GeneratedSolution.Sites} sites, half of them raw; every rule a warning; the median of {Builds} builds:");
Print($"");
Print($"| analyzer time in one build | ReadOnlyGuard, all rules | BannedApiAnalyzers | times | lowest–highest build | bar | |");
Print($"| --- | --- | --- | --- | --- | --- | --- |");
Print($"| Npgsql referenced | {Median(m => m.Rules):0.00} s | {Median(m => m.Banned):0.00} s | {ratio:0.00} | {measurements.Min(m => m.Ratio):0.00}–{measurements.Max(m => m.Ratio):0.00} | {AtMost:0.0} | {Word(kept)} |");
Print($"| not referenced | {Median(m => m.RulesWithoutNpgsql):0.000} s | {Median(m => m.BannedWithoutNpgsql):0.000} s | {without:0.00} | | {AtMostWithoutNpgsql:0.0} | {Word(keptWithout)} |");
return kept && keptWithout ? 0 : 1;

double Median(Func<Measurement, double> value)
{
    double[] sorted = [.. measurements.Select(value).Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static string Word(bool kept) => kept ? "kept" : "MISSED";

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

static async Task DotNetAsync(params string[] arguments)
{
    var result = await Cli.Wrap("dotnet").WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
    if (!result.IsSuccess)
        throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{result.StandardOutput}{result.StandardError}");
}
