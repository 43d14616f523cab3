using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// Hears from Npgsql's metrics who waits for a place in a pool. They tell it on the thread that waits, synchronously, and cost nothing
/// while there are places. Without metrics (<c>System.Diagnostics.Metrics.Meter.IsSupported</c> is off) such a wait ends at Npgsql's
/// Timeout.
/// </summary>
static class PoolQueues
{
    // By the pool's name, as Npgsql's metrics tell it. Where several sources have one name, each is told of all.
    static readonly ConcurrentDictionary<string, Action<int>[]> ByName = new(StringComparer.Ordinal);

    static readonly Lazy<MeterListener> Listener = new(Listen);

    public static void Add(string pool, Action<int> waits)
    {
        _ = Listener.Value;
        ByName.AddOrUpdate(pool, static (_, waits) => [waits], static (_, all, waits) => [.. all, waits], waits);
    }

    public static void Remove(string pool, Action<int> waits)
    {
        while (ByName.TryGetValue(pool, out var all))
        {
            Action<int>[] left = [.. all.Where(other => other != waits)];
            if (left.Length > 0 ? ByName.TryUpdate(pool, left, all) : ByName.TryRemove(KeyValuePair.Create(pool, all)))
                return;
        }
    }

    static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            // Npgsql 9 has it as db.client.connections.pending_requests, Npgsql 10 as db.client.connection.npgsql.pending_requests.
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Npgsql" && instrument.Name.EndsWith(".pending_requests", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>(static (_, by, tags, _) =>
        {
            if (tags.Length > 0 && tags[0].Value is string pool && ByName.TryGetValue(pool, out var all))
                foreach (var waits in all)
                    waits(by);
        });
        listener.Start();
        return listener;
    }
}
