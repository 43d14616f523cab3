using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using CliWrap;
using CliWrap.Buffered;
using Perfolizer.Horology;
using ReadOnlyGuard.Benchmarks;
using ReadOnlyGuard.Servers;

// <folder for logs>: prints the tables; ends with 1 when a bar is missed. "ratios": what one process of the second table does.
const string Ratios = "ratios";
const int Processes = 9; // what the compiler makes of the code differs from one process to the next
if (args is [Ratios])
{
    await Alternation.PrintRatiosAsync();
    return 0;
}
var artifacts = args is [var folder] ? folder : "BenchmarkDotNet.Artifacts";
Directory.CreateDirectory(artifacts);

// One server for all processes: they measure the client, and the server does nothing meanwhile.
await using var server = await PostgresServer.StartNewAsync();
using var log = new StreamLogger(Path.Combine(artifacts, "bench.log"));

var job = Job.Default
    .WithEnvironmentVariable(Rent.ServerVariable, server.ConnectionString())
    .WithIterationTime(TimeInterval.FromMilliseconds(50)).WithWarmupCount(12).WithIterationCount(20);
var summary = BenchmarkRunner.Run<Rent>(ManualConfig.CreateEmpty()
    .WithArtifactsPath(artifacts)
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
    .AddColumn(TargetMethodColumn.Method, StatisticColumn.Median)
    .AddColumnProvider(DefaultColumnProviders.Metrics)
    .HideColumns(Column.Gen0)
    .AddLogger(log));
MarkdownExporter.GitHub.ExportToLog(summary, ConsoleLogger.Default);

var measured = new List<double[]>();
for (var process = 0; process < Processes; process++)
{
    var run = await Cli.Wrap("dotnet").WithArguments([typeof(Rent).Assembly.Location, Ratios])
        .WithEnvironmentVariables(variables => variables.Set(Rent.ServerVariable, server.ConnectionString()))
        .ExecuteBufferedAsync();
    measured.Add([.. run.StandardOutput.TrimEnd().Split('\n').Select(ratio => double.Parse(ratio, CultureInfo.InvariantCulture))]);
}
return new Verdict(summary, measured).Print(Console.Out) ? 0 : 1;
