using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Simulation;

/// <summary>How long a process waits before it asks a host again.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Delay">From the attempts that have failed, the time since the search began, and a random number from 0 to 1.</param>
sealed record Policy(string Name, Func<int, TimeSpan, double, TimeSpan> Delay)
{
    public static readonly Policy[] All =
    [
        new("**the guard's**", Backoff.Delay),
        Capped("25 ms, no jitter", _ => 25, _ => 1),
        Capped("25 ms, jitter", _ => 25, Half),
        Capped("500 ms, no jitter", _ => 500, _ => 1),
        Capped("500 ms, jitter", _ => 500, Half),
        Capped("a twentieth of the time, jitter", elapsed => Math.Clamp(elapsed.TotalMilliseconds / 20, 25, 500), Half),
    ];

    /// <summary>The guard's jitter: between half of the step and all of it.</summary>
    static double Half(double random) => 0.5 + random / 2;

    static Policy Capped(string name, Func<TimeSpan, double> cap, Func<double, double> jitter)
        => new(name, (attempt, elapsed, random) =>
            TimeSpan.FromMilliseconds(Math.Min(cap(elapsed), 5 * Math.Pow(2, Math.Min(attempt - 1, 16))) * jitter(random)));
}
