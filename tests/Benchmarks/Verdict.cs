using System.Globalization;
using BenchmarkDotNet.Reports;

namespace ReadOnlyGuard.Benchmarks;

/// <summary>The bars: times from the processes that alternated, bytes from BenchmarkDotNet.</summary>
/// <param name="ratios">Of each process, one for each of <see cref="Comparison.All"/>.</param>
sealed class Verdict(Summary summary, IReadOnlyList<double[]> ratios)
{
    /// <returns>Whether all bars are kept.</returns>
    public bool Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| beside plain Npgsql | times | lowest–highest process | bytes more | bar | |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- |");
        var allKept = true;
        foreach (var (index, pair) in Comparison.All.Index())
        {
            var each = ratios.Select(process => process[index]).ToArray();
            var bytes = Bytes(pair.Other) - Bytes(pair.Plain);
            var kept = Median(each) <= (pair.AtMost ?? double.MaxValue) && (pair.MayAllocate || bytes <= 0);
            allKept &= kept;
            var bar = pair.AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $"{most:0.00}{(pair.MayAllocate ? "" : ", 0 B")}") : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {pair.Name} | {Median(each):0.000} | {each.Min():0.00}–{each.Max():0.00} | {bytes} | {bar} | {(bar == "" ? "" : kept ? "kept" : "MISSED")} |"));
        }
        return allKept;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    long Bytes(string method)
    {
        var report = summary.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
        return report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)
            ?? throw new InvalidOperationException($"{method} was not measured; see bench.log.");
    }
}
