using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;

namespace ReadOnlyGuard.AnalyzerBenchmarks;

/// <summary>
/// How much longer each rule takes for a code of four times the length, beside how much longer the compiler itself takes for it. A rule
/// that walks the member for each of its statements takes sixteen times as long.
/// </summary>
static class Growth
{
    /// <summary>Time below this is noise: a rule that never gets there grows no faster than anything.</summary>
    public static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(200);

    /// <summary>How much longer the longer code is.</summary>
    public const int Times = 4;

    const int Runs = 3;

    static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
    [
        .. Assembly.LoadFrom(GeneratedSolution.Metadata("Rules")).GetTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <param name="code">What makes a code with so many statements or members.</param>
    /// <param name="length">The longer of the two lengths.</param>
    /// <returns>A line for the compiler, and one for each rule.</returns>
    public static async Task<IReadOnlyList<Line>> MeasureAsync(Func<int, string> code, int length)
    {
        // Whatever is measured first pays for the loading of code.
        await TimesAsync(code(100));
        var brief = await LeastAsync(code(length / Times));
        var whole = await LeastAsync(code(length));
        if (whole.Where(time => time.Key != Line.Compiler).All(time => time.Value == TimeSpan.Zero))
            throw new InvalidOperationException("No rule took any time: nothing was measured.");
        return [.. whole.Select(time => new Line(time.Key, brief[time.Key], time.Value))];
    }

    /// <summary>Of several runs, for whatever else the machine does makes a run longer and never shorter.</summary>
    static async Task<Dictionary<string, TimeSpan>> LeastAsync(string code)
    {
        var least = await TimesAsync(code);
        for (var run = 1; run < Runs; run++)
        {
            foreach (var (name, time) in await TimesAsync(code))
                least[name] = time < least[name] ? time : least[name];
        }

        return least;
    }

    static async Task<Dictionary<string, TimeSpan>> TimesAsync(string code)
    {
        // What earlier runs left behind is not collected at the cost of this one.
        GC.Collect();
        var compilation = Compile(code);
        var watch = Stopwatch.StartNew();
        if (compilation.GetDiagnostics().FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException(error.ToString());
        var times = new Dictionary<string, TimeSpan> { [Line.Compiler] = watch.Elapsed };

        // One after the other: time is not shared out between rules that wait for each other.
        var analysis = Compile(code).WithAnalyzers(Rules, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: true));
        await analysis.GetAnalyzerDiagnosticsAsync();
        foreach (var rule in Rules)
        {
            AnalyzerTelemetryInfo telemetry = await analysis.GetAnalyzerTelemetryInfoAsync(rule, CancellationToken.None);
            times[rule.SupportedDiagnostics[0].Id] = telemetry.ExecutionTime;
        }

        return times;
    }

    static CSharpCompilation Compile(string code)
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return CSharpCompilation.Create(
            "Long",
            [CSharpSyntaxTree.ParseText(code)],
            [.. trusted.Append(GeneratedSolution.Metadata("Runtime")).Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
                .WithSpecificDiagnosticOptions(Rules.SelectMany(rule => rule.SupportedDiagnostics).Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Warn))));
    }

    /// <param name="Name">The rule's ID, or the compiler.</param>
    /// <param name="Brief">The time for a quarter of the length.</param>
    /// <param name="Whole">The time for the whole.</param>
    public sealed record Line(string Name, TimeSpan Brief, TimeSpan Whole)
    {
        public const string Compiler = "compiler";

        public double Ratio => Whole / (Brief > Noise / Times ? Brief : Noise / Times);
    }
}
