using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>
/// Those who wait for a place in the pool of a source's only server. Where nobody gets one for as long as a check may take, every place may
/// be held by a command that a vanished server never answers; then who is at its address now is asked over a connection that needs no
/// place.
/// </summary>
sealed class PoolQueue : IPulsed
{
    readonly PrimaryTracker _tracker;
    readonly Server _server;
    readonly TimeSpan _timeout;
    readonly object _gate = new();

    // All under the gate. Somebody who leaves the queue has got a place, and that is progress; so is the first to come.
    int _waiting;
    long _progressAt;
    bool _watched, _asking;

    public PoolQueue(PrimaryTracker tracker, Server server, TimeSpan timeout)
    {
        (_tracker, _server, _timeout) = (tracker, server, timeout);
        server.Pool.Waits += Changed;
    }

    /// <summary>Often enough that it is noticed soon after the timeout.</summary>
    public TimeSpan Interval => _timeout / 4;

    /// <summary>Somebody begins to wait, or has waited.</summary>
    void Changed(int by)
    {
        lock (_gate)
        {
            if (by < 0 || _waiting == 0)
                _progressAt = Environment.TickCount64;
            _waiting += by;
            if (_watched)
                return;
            _watched = true;
        }
        try
        {
            Pulse.Add(this);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            lock (_gate)
                _watched = false;
        }
    }

    public bool Tick()
    {
        lock (_gate)
        {
            if (_waiting <= 0 || _tracker.IsDisposed)
                return _watched = false;
            if (_asking || Environment.TickCount64 - _progressAt < _server.Checker.Timeout.TotalMilliseconds)
                return true;
            _asking = true;
        }
        try
        {
            WorkThread.Start("question to " + _server.Endpoint.Host, Ask);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Asked();
        }
        return true;
    }

    void Ask()
    {
        try
        {
            // A newer timeline or another cluster lets those who wait go on, to a fresh pool.
            _tracker.FindAnew();
        }
        catch (NoWritableServerException e) when (e.IsTransient)
        {
            // Nothing answers at the address. Whoever comes new waits for it to be found, and not for a place.
            _tracker.Suspect(_server, e.Answers[0]);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
        }
        finally
        {
            Asked();
        }
    }

    /// <summary>Asks again after another timeout without progress.</summary>
    void Asked()
    {
        lock (_gate)
        {
            _asking = false;
            _progressAt = Environment.TickCount64;
        }
    }
}
