using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>For how long a check of one server's connections counts: until it is too old, or something suspicious happens.</summary>
/// <param name="clock">Measures its age.</param>
/// <param name="interval"><see cref="WritableDataSourceOptions.ValidationInterval"/>.</param>
/// <param name="fence">Tells of promotions.</param>
sealed class Freshness(Clock clock, TimeSpan interval, Fence fence)
{
    readonly long _milliseconds = (long)interval.TotalMilliseconds;
    int _suspicions;

    public int Suspicions => Volatile.Read(ref _suspicions);

    /// <summary>Every connection of this server is checked again at its next rent.</summary>
    public void Suspect() => Interlocked.Increment(ref _suspicions);

    /// <summary>Found writable within the interval, and nothing suspicious since.</summary>
    public bool Includes(PhysicalConnection physical)
    {
        ref readonly var check = ref physical.LastCheck;
        return check.ReadOnlyErrors == ReadOnlyErrorSignal.Count
            && check.Suspicions == Volatile.Read(ref _suspicions)
            && check.Promotions == fence.Promotions
            && clock.Milliseconds - check.Milliseconds < _milliseconds;
    }

    /// <summary>To be taken before a check is sent.</summary>
    public CheckStamp Stamp() => new(clock.Milliseconds, ReadOnlyErrorSignal.Count, Volatile.Read(ref _suspicions), fence.Promotions);

    /// <summary>Remembers a check.</summary>
    /// <returns>Whether it found the server writable.</returns>
    public bool Record(PhysicalConnection physical, CheckStamp stamp, ServerAnswer answer)
    {
        // On a slow server a check would be too old as soon as it is answered: there its age counts from the answer.
        var isSlow = clock.Milliseconds - stamp.Milliseconds > _milliseconds / 2;
        physical.LastCheck = answer.Role != ServerRole.Primary ? CheckStamp.Never : isSlow ? stamp with { Milliseconds = clock.Milliseconds } : stamp;
        return answer.Role == ServerRole.Primary;
    }
}
