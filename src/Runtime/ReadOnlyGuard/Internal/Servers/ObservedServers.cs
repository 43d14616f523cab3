using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>The servers of the living data sources, as the meter shows them: each once, however many sources lead to it.</summary>
static class ObservedServers
{
    static readonly ConcurrentDictionary<Server, object?> Living = new();

    public static readonly ObservableGauge<int> ServerRoles = Telemetry.Meter.CreateObservableGauge(
        "readonlyguard.server.role", Roles, "{server}", "One, for each server with the role that it was last found in.");

    public static readonly ObservableGauge<long> ServerTimelines = Telemetry.Meter.CreateObservableGauge(
        "readonlyguard.server.timeline", Timelines, "{timeline}", "The timeline of each server, as it told it when it was last found a primary.");

    public static void Add(IEnumerable<Server> servers)
    {
        foreach (var server in servers)
            Living.TryAdd(server, null);
    }

    public static void Remove(IEnumerable<Server> servers)
    {
        foreach (var server in servers)
            Living.TryRemove(server, out _);
    }

    static IEnumerable<Measurement<int>> Roles()
        => LastAsked(checker => checker.LastRole is not null)
            .Select(checker => new Measurement<int>(1, [.. Tags(checker), new("role", Telemetry.Outcome(checker.LastRole!.Value))]));

    static IEnumerable<Measurement<long>> Timelines()
        => LastAsked(checker => checker.Timeline is not null).Select(checker => new Measurement<long>(checker.Timeline!.Value, Tags(checker)));

    // Two sources may have asked it at different times.
    static IEnumerable<WriteChecker> LastAsked(Func<WriteChecker, bool> isKnown)
        => Living.Keys.Select(server => server.Checker).Where(isKnown)
            .GroupBy(checker => checker.Endpoint).Select(same => same.MaxBy(checker => checker.LastAskedAt)!);

    static KeyValuePair<string, object?>[] Tags(WriteChecker checker)
        => [new("server.address", checker.Endpoint.Host), new("server.port", checker.Endpoint.Port)];
}
