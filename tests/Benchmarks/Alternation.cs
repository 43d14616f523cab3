using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ReadOnlyGuard.Benchmarks;

/// <summary>
/// Measures ratios on a machine that does other things too: plain and other rents take turns of about a millisecond, so whatever
/// slows the machine down slows both, and a turn that lost its core is one outlier among thousands.
/// </summary>
static class Alternation
{
    const int Rents = 4096;
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7), Measuring = TimeSpan.FromSeconds(1.3);

    /// <summary>One line for each of <see cref="Comparison.All"/>: the median over all pairs of turns.</summary>
    public static async Task PrintRatiosAsync()
    {
        var rent = new Rent();
        rent.Connect();
        // Everything before anything is measured: what the compiler learns of the code is then the same for both sides.
        foreach (var pair in Comparison.All)
            await RatiosAsync(rent, pair, WarmUp);
        foreach (var pair in Comparison.All)
            Console.WriteLine(Verdict.Median(await RatiosAsync(rent, pair, Measuring)).ToString(CultureInfo.InvariantCulture));
        rent.Disconnect();
    }

    static async Task<List<double>> RatiosAsync(Rent rent, Comparison pair, TimeSpan duration)
    {
        var (plain, other) = (Turn(rent, pair.Plain), Turn(rent, pair.Other));
        var ratios = new List<double>();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration;)
        {
            // Each goes first as often as the other.
            var (first, second) = (await plain(), await other());
            ratios.Add(second / first);
            (second, first) = (await other(), await plain());
            ratios.Add(second / first);
        }
        return ratios;
    }

    static Func<ValueTask<double>> Turn(Rent rent, string method)
    {
        var rentOnce = typeof(Rent).GetMethod(method)!;
        return rentOnce.ReturnType == typeof(void)
            ? Synchronous(rentOnce.CreateDelegate<Action>(rent))
            : Asynchronous(rentOnce.CreateDelegate<Func<ValueTask>>(rent));
    }

    static Func<ValueTask<double>> Synchronous(Action rentOnce) => () =>
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Rents; i++)
            rentOnce();
        return new(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
    };

    static Func<ValueTask<double>> Asynchronous(Func<ValueTask> rentOnce) => async () =>
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Rents; i++)
            await rentOnce();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    };
}
