using System.Numerics;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>How long one rent still waits. It begins to run out at the first disappointment, not while everything is well.</summary>
sealed class Patience(Clock clock, TimeSpan budget, bool isOfRent = true)
{
    long? _since;
    int _refusals;

    /// <summary>Whether it is a rent that waits, and nobody who only asks.</summary>
    public bool IsOfRent { get; } = isOfRent;

    public bool IsNone => budget == TimeSpan.Zero;

    public TimeSpan Waited => clock.Since(Since);

    public TimeSpan Left => Waited < budget ? budget - Waited : TimeSpan.Zero;

    long Since => _since ??= clock.Milliseconds;

    /// <summary>Whether a server refused this rent before, so that what it refuses now was found writable in between.</summary>
    public bool WasRefused => _refusals > 0;

    /// <summary>
    /// Whether a refusal is a reason to search. A standby where a search has just found the primary is one the first, second, fourth,
    /// eighth time: a balancer may lead to several servers in turn, and with a search before every rent the search would always get the
    /// primary, and the rent the standby.
    /// </summary>
    public bool DoubtsPrimary(ServerAnswer answer) => answer.Role != ServerRole.HotStandby || BitOperations.IsPow2(_refusals + 1);

    /// <summary>
    /// A server that a search had found writable refused the rent. The first time the rent goes on at once; then it pauses, because a
    /// pooler or balancer may be sending its connections to different servers.
    /// </summary>
    /// <exception cref="ReadOnlyServerException">The patience is over.</exception>
    public async ValueTask RefusedAsync(ServerAnswer answer, bool async, CancellationToken cancellationToken)
    {
        _ = Since;
        if (_refusals++ == 0)
            return;
        if (Left == TimeSpan.Zero)
        {
            if (IsOfRent)
                Telemetry.RentsFailed.Add(1);
            throw new ReadOnlyServerException(answer,
                "A search had found the same server writable: a balancer or pooler in front of it may lead to more than one server, or the session itself was set read-only.");
        }

        await PauseAsync(Backoff.Delay(_refusals, Waited, Random.Shared.NextDouble()), async, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pauses before something is done for another time.</summary>
    /// <returns><see langword="false"/>, at once, if the patience would be over by then.</returns>
    public async ValueTask<bool> AgainAsync(int attempt, bool async, CancellationToken cancellationToken)
    {
        var pause = Backoff.BetweenRuns(attempt, Random.Shared.NextDouble());
        if (Left <= pause)
            return false;
        await PauseAsync(pause, async, cancellationToken).ConfigureAwait(false);
        return true;
    }

    async ValueTask PauseAsync(TimeSpan pause, bool async, CancellationToken cancellationToken)
    {
        if (async)
            await Task.Delay(pause, clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        else
            Thread.Sleep(pause);
    }
}
