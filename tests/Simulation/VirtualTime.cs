namespace ReadOnlyGuard.Simulation;

/// <summary>
/// A clock that stands still between events and jumps from one to the next. What falls on one moment happens in the order in which it was
/// asked for, so that a run is the same every time.
/// </summary>
sealed class VirtualTime : TimeProvider
{
    readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    long _now, _asked;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public TimeSpan Now => TimeSpan.FromTicks(_now);

    public void After(TimeSpan delay, Action happens) => _events.Enqueue(happens, (_now + delay.Ticks, _asked++));

    /// <summary>Until nothing is left to happen.</summary>
    public void Run()
    {
        while (_events.TryDequeue(out var happens, out var when))
        {
            _now = when.At;
            happens();
        }
    }
}
