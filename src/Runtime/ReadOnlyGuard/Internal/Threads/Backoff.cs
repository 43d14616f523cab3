namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// How long to wait between two attempts. On one host: doubling from 5 ms, at most 25 ms in the first five seconds of a search (most
/// failovers end there, and every millisecond counts) and 500 ms after (an outage: spare the server that is starting).
/// </summary>
static class Backoff
{
    static readonly TimeSpan Eager = TimeSpan.FromSeconds(5);
    const double First = 5, EagerCap = 25, PatientCap = 500;

    /// <param name="attempt">How many attempts have failed, from 1.</param>
    /// <param name="elapsed">Since the search began.</param>
    /// <param name="random">From 0 to 1. The delay is between half of the step and all of it, so that processes do not march in
    /// step.</param>
    public static TimeSpan Delay(int attempt, TimeSpan elapsed, double random)
        => Jittered(attempt, elapsed < Eager ? EagerCap : PatientCap, random);

    /// <summary>
    /// How long to wait before work is run again: doubling from 5 ms, at most 500 ms. For transactions in conflict, which need not
    /// hurry; in a failover the rent that follows waits as long as it has to.
    /// </summary>
    public static TimeSpan BetweenRuns(int attempt, double random)
        => Jittered(attempt, PatientCap, random);

    static TimeSpan Jittered(int attempt, double cap, double random)
        => TimeSpan.FromMilliseconds(Math.Min(cap, First * Math.Pow(2, Math.Min(attempt - 1, 16))) * (0.5 + random / 2));
}
