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

// A compiler of our own that goes on running from build to build, as an IDE's and the command line's do. What its first build takes is
// told apart: most of that is the loading of code, and whichever analyzer comes first pays for what both need.
var compiler = Guid.NewGuid().ToString("N");
var first = await BuildAsync();
var measurements = new List<Measurement>();
for (var build = 0; build < Builds; build++)
    measurements.Add(await BuildAsync());

var ratio = Median(measurement => measurement.Ratio);
var without = Median(measurement => measurement.RatioWithoutNpgsql);
bool kept = ratio <= AtMost, keptWithout = without <= AtMostWithoutNpgsql;
Print($"{GeneratedSolution.Files} files, {GeneratedSolution.Sites} sites, half of them raw; every rule a warning; the median of {Builds} builds:");
Print($"");
Print($"| analyzer time in one build | ReadOnlyGuard, all rules | BannedApiAnalyzers | times | lowest–highest build | bar | |");
Print($"| --- | --- | --- | --- | --- | --- | --- |");
Print($"| Npgsql referenced | {Median(m => m.Rules):0.00} s | {Median(m => m.Banned):0.00} s | {ratio:0.00} | {measurements.Min(m => m.Ratio):0.00}–{measurements.Max(m => m.Ratio):0.00} | {AtMost:0.0} | {Word(kept)} |");
Print($"| not referenced | {Median(m => m.RulesWithoutNpgsql):0.000} s | {Median(m => m.BannedWithoutNpgsql):0.000} s | {without:0.00} | {measurements.Min(m => m.RatioWithoutNpgsql):0.00}–{measurements.Max(m => m.RatioWithoutNpgsql):0.00} | {AtMostWithoutNpgsql:0.0} | {Word(keptWithout)} |");
Print($"| the compiler's first build, referenced | {first.Rules:0.00} s | {first.Banned:0.00} s | {first.Ratio:0.00} | | | |");
Print($"| the compiler's first build, not referenced | {first.RulesWithoutNpgsql:0.000} s | {first.BannedWithoutNpgsql:0.000} s | {first.RatioWithoutNpgsql:0.00} | | | |");
return kept && keptWithout ? 0 : 1;

async Task<Measurement> BuildAsync()
{
    await DotNetAsync(
        "build", solution.File, "--no-restore", "--no-incremental", "-m:1", "-p:ReportAnalyzer=true", "-p:UseSharedCompilation=true",
        $"-p:SharedCompilationId={compiler}",
        "-tl:off", "-clp:ErrorsOnly;NoSummary", $"-flp:v=detailed;logfile={solution.Log}");
    return Measurement.Read(await File.ReadAllTextAsync(solution.Log));
}

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
