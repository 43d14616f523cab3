namespace ReadOnlyGuard.Internal.Threads;

/// <summary>Milliseconds that only go forward. The warm path reads it at every rent.</summary>
readonly struct Clock(TimeProvider timeProvider)
{
    // Environment.TickCount64 costs half of Stopwatch.GetTimestamp, and milliseconds are all that is needed.
    readonly bool _system = timeProvider == TimeProvider.System;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public long Milliseconds => _system
        ? Environment.TickCount64
        : TimeProvider.GetTimestamp() / (TimeProvider.TimestampFrequency / 1000);

    public TimeSpan Since(long milliseconds) => TimeSpan.FromMilliseconds(Milliseconds - milliseconds);
}
