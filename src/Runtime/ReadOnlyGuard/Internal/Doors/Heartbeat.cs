namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Asks the primary from time to time whether it still is one, over a connection of its own, for as long as connections are opened that
/// nobody checks: one question vouches for all of them.
/// </summary>
/// <remarks>
/// A session straight to a server cannot turn into one to a standby without being ended, so what is true of the server is true of its
/// sessions. Through a pooler that moves sessions silently, the question is moved with them.
/// </remarks>
/// <param name="silent">The primary was asked and has not answered within <paramref name="timeout"/>: sessions to it may be dead.</param>
sealed class Heartbeat(PrimaryTracker tracker, TimeSpan interval, TimeSpan timeout, Action silent) : IDisposable
{
    // As the looks at the other servers: a process that does nothing costs the servers nothing.
    const int IdleBeats = 30;

    readonly object _gate = new();
    volatile bool _used;
    bool _beats, _hasBeaten, _goesOn, _disposed;

    /// <summary>Whether somebody has used the source lately.</summary>
    public bool IsBeating => Volatile.Read(ref _beats) || interval == Timeout.InfiniteTimeSpan;

    /// <summary>Somebody opens a connection.</summary>
    /// <returns><see langword="false"/> if nobody has for a while: nothing that was known is known any more.</returns>
    public bool Beat()
    {
        if (!_used)
            _used = true;
        return IsBeating || !TryStart(out var again) || !again;
    }

    /// <summary>From now on it does not end by itself.</summary>
    public void GoOn()
    {
        lock (_gate)
            _goesOn = true;
        if (!IsBeating)
            TryStart(out _);
    }

    bool TryStart(out bool again)
    {
        lock (_gate)
        {
            again = _hasBeaten;
            if (_beats || _disposed)
                return false;
            WorkThread.Start("heartbeat", Run);
            (_beats, _hasBeaten) = (true, true);
            return true;
        }
    }

    void Run()
    {
        ReadOnlyErrorSignal.Mute();
        Server? asked = null;
        for (var idle = 0; ; idle++)
        {
            lock (_gate)
            {
                if (!_disposed)
                    Monitor.Wait(_gate, interval);
                if (_used || _goesOn)
                    idle = 0;
                _used = false;
                if (_disposed || idle >= IdleBeats)
                {
                    _beats = false;
                    break;
                }
            }
            if (tracker.Primary is not { Server: var primary })
                continue;
            if (asked is not null && asked != primary)
                asked.Peer.Release();
            asked = primary;
            Ask(primary);
        }
        asked?.Peer.Release();
    }

    void Ask(Server primary)
    {
        var round = new object();
        var ended = false;
        try
        {
            primary.Peer.Look(
                row =>
                {
                    var answer = primary.Checker.Judge(row);
                    if (answer.Role != ServerRole.Primary)
                        tracker.Suspect(primary, answer);
                },
                error => tracker.Suspect(primary, primary.Checker.Failed(error)),
                () =>
                {
                    lock (round)
                    {
                        ended = true;
                        Monitor.Pulse(round);
                    }
                });
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return;
        }
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (round)
            while (!ended && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(round, TimeSpan.FromMilliseconds(left));
        if (ended && primary.Peer.Answers)
            return;
        tracker.Suspect(primary, primary.NotAnswered with { Error = new TimeoutException("no answer to a heartbeat") });
        silent();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
