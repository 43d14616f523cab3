using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Asks the primary from time to time whether it still is one, over a connection of its own, for as long as connections are opened that
/// nobody checks: one question vouches for all of them.
/// </summary>
/// <remarks>
/// A session straight to a server cannot turn into one to a standby without being ended, so what is true of the server is true of its
/// sessions. Through a pooler that moves sessions silently, the question is moved with them.
/// </remarks>
/// <param name="tracker">Learns of a primary that is none any more, or does not answer.</param>
/// <param name="interval">Between two questions; infinite for none.</param>
/// <param name="isUsedUnseen">Whether connections may be open whose opens nobody sees.</param>
/// <param name="silent">Called when one took longer: sessions to that server may be dead.</param>
sealed class Heartbeat(PrimaryTracker tracker, TimeSpan interval, Func<bool> isUsedUnseen, Action silent) : IPulsed, IDisposable
{
    // As the looks at the other servers: a process that does nothing costs the servers nothing.
    const int IdleBeats = 30;

    readonly object _gate = new();
    volatile bool _used;
    bool _beats, _hasBeaten, _disposed;
    int _idle;

    // The question that is not answered yet.
    Server? _asked;
    long _askedAt;

    public TimeSpan Interval => interval;

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

    bool TryStart(out bool again)
    {
        lock (_gate)
        {
            again = _hasBeaten;
            if (_beats || _disposed)
                return false;
            Pulse.Add(this);
            (_beats, _hasBeaten, _idle) = (true, true, 0);
            return true;
        }
    }

    /// <summary>Asks, unless the last question is not answered yet.</summary>
    public bool Tick()
    {
        Server? late = null, asked = null;
        lock (_gate)
        {
            _idle = _used || isUsedUnseen() ? 0 : _idle + 1;
            _used = false;
            if (_disposed || _idle >= IdleBeats)
            {
                _beats = false;
                foreach (var server in tracker.Servers)
                    server.Peer.Release();
                return false;
            }
            if (_asked is null)
            {
                if (tracker.Primary is { Server: var primary })
                    (_asked, _askedAt) = (asked = primary, Environment.TickCount64);
            }
            else if (Environment.TickCount64 - _askedAt >= _asked.Checker.Timeout.TotalMilliseconds)
                (late, _asked) = (_asked, null);
        }
        if (asked is not null)
            Ask(asked);
        if (late is not null)
        {
            tracker.Suspect(late, late.NotAnswered with { Error = new TimeoutException("no answer to a heartbeat") });
            silent();
        }
        return true;
    }

    void Ask(Server primary)
    {
        try
        {
            // Where one is under way from before, neither is called: that is no answer.
            primary.Peer.Look(
                row =>
                {
                    Answered();
                    var answer = primary.Checker.Judge(row);
                    if (answer.Role != ServerRole.Primary)
                        tracker.Suspect(primary, answer);
                    else
                        tracker.Answered(primary, answer);
                },
                error =>
                {
                    Answered();
                    tracker.Suspect(primary, primary.Checker.Failed(error));
                },
                ended: static () => { });
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // The next one is another chance.
            Answered();
        }
    }

    void Answered()
    {
        lock (_gate)
            _asked = null;
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
    }
}
