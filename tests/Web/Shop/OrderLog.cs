using System.Collections.Concurrent;
using System.Diagnostics;

namespace Shop;

/// <summary>What became of the orders, as their customers saw it.</summary>
sealed class OrderLog
{
    readonly ConcurrentQueue<Guid> _acknowledged = new();

    public OrderLog() => Ways = Orders.Ways.ToDictionary(way => way, _ => new WayLog());

    public IReadOnlyDictionary<string, WayLog> Ways { get; }

    /// <summary>The keys of all orders that were answered with success.</summary>
    public IReadOnlyCollection<Guid> Acknowledged => _acknowledged;

    /// <summary>How many of them are not in the database.</summary>
    public int Missing { get; set; }

    public void Answered(string way, Guid key, int? status, TimeSpan took)
    {
        if (status is 200 or 204)
            _acknowledged.Enqueue(key);
        Ways[way].Add(status, took);
    }
}

/// <summary>One way's answers, in counts for each tenth of a second.</summary>
sealed class WayLog
{
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    const int Kept = 200;

    readonly object _gate = new();
    readonly long _start = Stopwatch.GetTimestamp();
    readonly Counts[] _slices = new Counts[Kept];
    long _newest;

    public record struct Counts(int Done, int Unavailable, int Failed);

    public Counts Total { get; private set; }

    public TimeSpan Slowest { get; private set; }

    public void Add(int? status, TimeSpan took)
    {
        lock (_gate)
        {
            ref var slice = ref _slices[Move() % Kept];
            (slice, Total) = (Plus(slice, status), Plus(Total, status));
            if (took > Slowest)
                Slowest = took;
        }
    }

    /// <summary>The slices that have ended, the oldest first.</summary>
    public Counts[] Recent()
    {
        lock (_gate)
        {
            var newest = Move();
            return [.. Enumerable.Range(1, Kept - 1).Select(i => _slices[(newest + i) % Kept])];
        }
    }

    /// <returns>The slice of this moment; those that nobody used are emptied on the way to it.</returns>
    long Move()
    {
        var now = (long)(Stopwatch.GetElapsedTime(_start) / Slice);
        for (var slice = Math.Max(_newest + 1, now - Kept + 1); slice <= now; slice++)
            _slices[slice % Kept] = default;
        return _newest = Math.Max(_newest, now);
    }

    static Counts Plus(Counts counts, int? status) => status switch
    {
        200 or 204 => counts with { Done = counts.Done + 1 },
        503 => counts with { Unavailable = counts.Unavailable + 1 },
        _ => counts with { Failed = counts.Failed + 1 },
    };
}
