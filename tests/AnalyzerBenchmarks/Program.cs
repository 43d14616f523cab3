using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using ReadOnlyGuard.AnalyzerBenchmarks;

// <folder for the solution>, or growth: prints the table; ends with 1 when the bar is missed.
if (args is ["growth"])
    return await GrowthAsync();

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

static async Task<int> GrowthAsync()
{
    // What is linear takes four times as long, what walks a member for each statement sixteen times. The compiler's own growth, but no less
    // than linear, and half as much again for noise.
    const double tolerance = 1.5;
    var missed = false;
    Print($"| one code of | statements | compiler | grows | slowest rule | | grows | |");
    Print($"| --- | --- | --- | --- | --- | --- | --- | --- |");
    foreach (var (shape, length, code) in ((string, int, Func<string, int, string>)[])[("method", 4_000, LongCode.Method), ("file", 10_000, LongCode.File)])
    {
        foreach (var rule in LongCode.Rules)
        {
            var lines = await Growth.MeasureAsync(size => code(rule, size), length);
            var compiler = lines.Single(line => line.Name == Growth.Line.Compiler);
            var slowest = lines.Where(line => line != compiler).MaxBy(line => line.Ratio)!;
            var kept = slowest.Ratio <= Math.Max(compiler.Ratio, Growth.Times) * tolerance;
            missed |= !kept;
            Print($"| {shape}: {rule} | {length} | {compiler.Whole.TotalMilliseconds:0} ms | {compiler.Ratio:0.0} | {slowest.Name} | {slowest.Whole.TotalMilliseconds:0} ms | {slowest.Ratio:0.0} | {Word(kept)} |");
        }
    }

    return missed ? 1 : 0;
}

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
