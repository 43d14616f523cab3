using System.Globalization;
using System.Text.RegularExpressions;

namespace ReadOnlyGuard.AnalyzerBenchmarks;

/// <summary>The seconds that the compiler reports for all analyzers of either assembly, in one build of the solution.</summary>
/// <param name="Rules">The rules of ReadOnlyGuard together, where Npgsql is referenced.</param>
/// <param name="Banned">BannedApiAnalyzers, in the same compilations.</param>
/// <param name="RulesWithoutNpgsql">The rules, where Npgsql is not referenced.</param>
/// <param name="BannedWithoutNpgsql">BannedApiAnalyzers, there.</param>
sealed partial record Measurement(double Rules, double Banned, double RulesWithoutNpgsql, double BannedWithoutNpgsql)
{
    public double Ratio => Rules / Banned;

    public double RatioWithoutNpgsql => RulesWithoutNpgsql / BannedWithoutNpgsql;

    /// <summary>Reads the detailed log of a build with <c>ReportAnalyzer</c>.</summary>
    public static Measurement Read(string log)
    {
        // Time is compared only if both did the work: a build that lets warnings go leaves out the analyzers as well.
        Check(log, "ROG001");
        Check(log, "RS0030");

        // Each compiler's command line, in one or two forms, comes before what it reports, and names what it makes.
        var compilations = Compilation().Split(log).Skip(1).Chunk(2)
            .Select(parts => (Name: parts[0], Report: parts[1]))
            .Where(compilation => compilation.Report.Contains("Total analyzer execution time", StringComparison.Ordinal))
            .ToList();
        if (compilations.Count != GeneratedSolution.Projects)
            throw new InvalidOperationException($"{compilations.Count} compilations reported times, not {GeneratedSolution.Projects}.");
        double Seconds(string analyzers, bool withNpgsql) => compilations
            .Where(compilation => compilation.Name != GeneratedSolution.WithoutNpgsql == withNpgsql)
            .Sum(compilation => Of(compilation.Report, analyzers));
        const string rules = "ReadOnlyGuard.Analyzers", banned = "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers";
        return new(Seconds(rules, true), Seconds(banned, true), Seconds(rules, false), Seconds(banned, false));
    }

    static void Check(string log, string rule)
    {
        var sites = Regex.Matches(log, $@"(?<=^\s*(\d+>)?)/\S+\(\d+,\d+\): warning {rule}:", RegexOptions.Multiline).Select(match => match.Value).Distinct().Count();
        if (sites != GeneratedSolution.RawSites)
            throw new InvalidOperationException($"{rule} was reported at {sites} sites, not at the {GeneratedSolution.RawSites} that are raw.");
    }

    static double Of(string report, string analyzers)
    {
        var line = Regex.Match(report, $@"^\s*(?<seconds>[<0-9.]+)\s+<?\d+\s+{Regex.Escape(analyzers)}, Version=", RegexOptions.Multiline);
        // What took no measurable time has no line.
        return line.Success ? double.Parse(line.Groups["seconds"].Value.TrimStart('<'), CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"/out:obj/[^ ]*/(\w+)\.dll ")]
    private static partial Regex Compilation();
}
