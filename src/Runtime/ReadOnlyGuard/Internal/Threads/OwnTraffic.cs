using System.Diagnostics;
using System.Runtime.CompilerServices;
using Npgsql;

namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// What the guard asks its servers by itself: checks, searches, looks, heartbeats. It is none of the application's commands, so it is not
/// traced or logged as one, and what it meets is no news.
/// </summary>
static class OwnTraffic
{
    // Samplers follow the parent by default: what begins under this one is not recorded.
    static readonly Activity Unrecorded = BeginUnrecorded();
    static readonly AsyncLocal<bool> UnderWay = new();

    public static bool IsUnderWay => UnderWay.Value;

    /// <summary>It begins, and lasts as long as the calling async method or thread.</summary>
    public static void Begin()
    {
        if (UnderWay.Value)
            return;
        UnderWay.Value = true;
        Activity.Current = Unrecorded;
    }

    static Activity BeginUnrecorded()
    {
        var caller = Activity.Current;
        Activity.Current = null;
        var unrecorded = new Activity("readonlyguard").Start();
        Activity.Current = caller;
        return unrecorded;
    }

    /// <summary>For a data source that nothing else goes through.</summary>
    public static void Untrace(NpgsqlTracingOptionsBuilder tracing)
    {
        tracing.ConfigureCommandFilter(static _ => false).ConfigureBatchFilter(static _ => false);
        // From Npgsql 10 on each connection that is opened is a span too.
        if (typeof(NpgsqlTracingOptionsBuilder).Assembly.GetName().Version is { Major: >= 10 })
            EnablePhysicalOpenTracing(tracing, false);
    }

    // A public method of a later version than the one that is compiled against.
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    static extern NpgsqlTracingOptionsBuilder EnablePhysicalOpenTracing(NpgsqlTracingOptionsBuilder tracing, bool enable);
}
