using System.Diagnostics.Metrics;

namespace ReadOnlyGuard.Internal;

/// <summary>The meter <c>ReadOnlyGuard</c>. Server tags are named as the OpenTelemetry conventions name them.</summary>
static class Telemetry
{
    static readonly Meter Meter = new("ReadOnlyGuard", typeof(Telemetry).Assembly.GetName().Version?.ToString(3));

    public static readonly Counter<long> Checks = Meter.CreateCounter<long>(
        "readonlyguard.checks", "{check}", "Write checks, by server and outcome.");

    // Observed, not counted: no listener's code runs in the middle of somebody's throw.
    public static readonly ObservableCounter<long> ReadOnlyErrors = Meter.CreateObservableCounter(
        "readonlyguard.read_only_errors", () => ReadOnlyErrorSignal.Count, "{error}", "Read-only errors (25006, 0A000) thrown in this process.");

    public static readonly Counter<long> PoolClears = Meter.CreateCounter<long>(
        "readonlyguard.pool_clears", "{clear}", "Pools cleared because their server turned read-only, was replaced, or left an unopened connection without an answer.");

    public static readonly Counter<long> Searches = Meter.CreateCounter<long>(
        "readonlyguard.searches", "{search}", "Searches for the primary.");

    public static readonly Histogram<double> SearchDuration = Meter.CreateHistogram<double>(
        "readonlyguard.search.duration", "s", "Time without a known writable server: how long searches for the primary took.");

    public static readonly UpDownCounter<long> RentsWaiting = Meter.CreateUpDownCounter<long>(
        "readonlyguard.rents.waiting", "{rent}", "Rents that are waiting for a writable server.");

    public static readonly Counter<long> TransactionsRunAgain = Meter.CreateCounter<long>(
        "readonlyguard.transactions.run_again", "{run}", "Runs of a guarded transaction after its first, each after a failure that committed nothing.");

    public static string Outcome(ServerRole role) => role switch
    {
        ServerRole.Primary => "writable",
        ServerRole.ReadOnlyPrimary => "read_only",
        ServerRole.HotStandby => "standby",
        ServerRole.StalePrimary => "stale_timeline",
        _ => "failed",
    };
}
