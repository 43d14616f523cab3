using System.Diagnostics;
using System.Diagnostics.Metrics;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>The meter <c>ReadOnlyGuard</c>. Server tags are named as the OpenTelemetry conventions name them.</summary>
static class Telemetry
{
    public static readonly Meter Meter = new("ReadOnlyGuard", typeof(Telemetry).Assembly.GetName().Version?.ToString(3));

    static readonly ActivitySource Spans = new(Meter.Name, Meter.Version);

    public static readonly Unfailing<long> Checks = Counter(
        "readonlyguard.checks", "{check}", "Write checks, by server and outcome.");

    // Observed, not counted: no listener's code runs in the middle of somebody's throw.
    public static readonly ObservableCounter<long> ReadOnlyErrors = Meter.CreateObservableCounter(
        "readonlyguard.read_only_errors", () => ReadOnlyErrorSignal.Count, "{error}", "Read-only errors (25006, 0A000) thrown in this process.");

    public static readonly Unfailing<long> PoolClears = Counter(
        "readonlyguard.pool_clears", "{clear}", "Pools cleared because their server turned read-only, was replaced, or left an unopened connection without an answer.");

    public static readonly Unfailing<long> Searches = Counter(
        "readonlyguard.searches", "{search}", "Searches for the primary.");

    public static readonly Unfailing<double> SearchDuration = Histogram(
        "readonlyguard.search.duration", "Time without a known writable server: how long searches for the primary took.");

    public static readonly Unfailing<long> RentsWaiting = UpDownCounter(
        "readonlyguard.rents.waiting", "{rent}", "Rents that are waiting for a writable server.");

    public static readonly Unfailing<long> RentsFailed = Counter(
        "readonlyguard.rents.failed", "{rent}", "Rents that waited for a writable server in vain.");

    public static readonly Unfailing<long> TransactionsRunAgain = Counter(
        "readonlyguard.transactions.run_again", "{run}", "Runs of a guarded transaction after its first, each after a failure that committed nothing.");

    public static readonly Unfailing<long> Requests = Counter(
        "readonlyguard.requests", "{request}", "Web requests that a failover struck, by outcome.");

    static Unfailing<long> Counter(string name, string unit, string description)
    {
        var counter = Meter.CreateCounter<long>(name, unit, description);
        return new((value, tags) => counter.Add(value, tags));
    }

    static Unfailing<long> UpDownCounter(string name, string unit, string description)
    {
        var counter = Meter.CreateUpDownCounter<long>(name, unit, description);
        return new((value, tags) => counter.Add(value, tags));
    }

    static Unfailing<double> Histogram(string name, string description)
    {
#if NET9_0_OR_GREATER
        // From a connection that was found again at once to an outage: what exporters take by default is meant for milliseconds.
        var histogram = Meter.CreateHistogram<double>(
            name, "s", description, tags: null, new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });
#else
        var histogram = Meter.CreateHistogram<double>(name, "s", description);
#endif
        return new((value, tags) => histogram.Record(value, tags));
    }

    /// <summary>A trace of its own, for a search belongs to no single rent.</summary>
    public static Activity? BeginSearch()
    {
        var caller = Activity.Current;
        Activity.Current = null;
        var search = Begin("readonlyguard.search", []);
        Activity.Current = caller;
        return search;
    }

    public static void EndSearch(Activity? search, Endpoint? found)
    {
        if (search is null)
            return;
        if (found is { } primary)
            search.SetTag("server.address", primary.Host).SetTag("server.port", primary.Port);
        else
            search.SetStatus(ActivityStatusCode.Error, "no writable server");
        // Its end restores what was current where it began, on whichever thread it ends.
        var caller = Activity.Current;
        End(search);
        Activity.Current = caller;
    }

    /// <summary>The time that one rent waits, in its caller's trace, linked to the search that it waits for.</summary>
    public static Activity? BeginWait(Activity? search) => search is null ? null : Begin("readonlyguard.wait", [new(search.Context)]);

    // A listener of the application's may throw: what it does with a span must not end a search or cost a rent.
    static Activity? Begin(string name, IEnumerable<ActivityLink> links)
    {
        try
        {
            return Spans.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public static void End(Activity? span)
    {
        try
        {
            span?.Dispose();
        }
        catch (Exception)
        {
        }
    }

    public static string Outcome(ServerRole role) => role switch
    {
        ServerRole.Primary => "writable",
        ServerRole.ReadOnlyPrimary => "read_only",
        ServerRole.HotStandby => "standby",
        ServerRole.StalePrimary => "stale_timeline",
        ServerRole.OtherCluster => "other_cluster",
        _ => "failed",
    };
}
