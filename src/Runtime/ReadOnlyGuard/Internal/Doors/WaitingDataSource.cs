using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// A genuine <see cref="NpgsqlDataSource"/> whose opens wait for a writable server: Npgsql's own multi-host source, with a waiting room as
/// its first host. Nothing is proxied: once the wait is over, the same open goes on to the next host, which is the server.
/// </summary>
/// <remarks>
/// Held back are all opens from the moment of a doubt (a read-only error in the process, an open that found no host, a lost primary, a
/// heartbeat without an answer) until a search has found a writable server. In calm the room is closed, and costs nothing.
/// </remarks>
sealed class WaitingDataSource
{
    readonly PrimaryTracker _tracker;
    readonly Fence _fence;
    readonly BirthCheck? _births;
    readonly NpgsqlMultiHostDataSource _hosts;
    readonly Scout _scout;
    readonly IdleSessions _idle;
    readonly FalseAlarms _alarms = new(tolerated: 0, longest: TimeSpan.FromSeconds(1));
    readonly Tripwire _tripwire;
    readonly Heartbeat _heartbeat;
    readonly object _gate = new();

    // All under the gate. A keeper is at work while opens are held back, and as long as an alarm is to be looked into.
    bool _held, _keeping, _alarmed, _tripped, _clear, _disposed;
    volatile bool _used;
    volatile bool _shared;
    int _promotions;

    public WaitingDataSource(
        PrimaryTracker tracker, Fence fence, OpenMode mode, BirthCheck? births, WritableDataSourceOptions options, NpgsqlConnectionStringBuilder settings,
        Func<NpgsqlConnectionStringBuilder, NpgsqlMultiHostDataSource> build)
    {
        (_tracker, _fence, _births, FailoverTimeout) = (tracker, fence, births, options.FailoverTimeout);
        Rooms = WaitingHosts.For(settings, options.FailoverTimeout, Trip, entered: WakeKeeper, tracker.Outage.Waits, tracker.Outage.GaveUp, Explain);
        _hosts = build(Rooms.Settings(settings, [.. tracker.Servers.Select(server => server.Endpoint)]));
        Source = _hosts.WithTargetSession(TargetSessionAttributes.ReadWrite);
        _tripwire = new Tripwire(Rooms.Tripwire, () => births?.Births ?? 0, Lost);
        _scout = new Scout(Source, mode, tracker, options.CheckTimeout);
        _idle = new IdleSessions(Source);
        _heartbeat = new Heartbeat(tracker, options.PeerCheckInterval, IsUsedUnseen, silent: () => Hold(clear: true));
    }

    /// <summary>What the application gets. Disposing it clears its pools and ends nothing: the guard's own source owns it.</summary>
    public NpgsqlDataSource Source { get; }

    public WaitingHosts Rooms { get; }

    /// <summary>How long an open waits.</summary>
    public TimeSpan FailoverTimeout { get; }

    public NpgsqlConnection CreateConnection()
    {
        Use();
        return Source.CreateConnection();
    }

    public NpgsqlCommand CreateCommand(string? commandText)
    {
        Use();
        return Source.CreateCommand(commandText);
    }

    public NpgsqlBatch CreateBatch()
    {
        Use();
        return Source.CreateBatch();
    }

    /// <summary>For somebody who opens connections of it without being seen: from now on it counts as used.</summary>
    public NpgsqlDataSource Share()
    {
        _shared = true;
        Use();
        return Source;
    }

    /// <summary>
    /// Whether a library may be using connections of it. Where nobody sees them being opened that has to be assumed; else until all are
    /// closed but the one that the guard keeps.
    /// </summary>
    bool IsUsedUnseen()
    {
        if (!_shared || (_births is { } births && !births.MoreMayLiveThan(few: _tracker.OnlyServer is null ? 1 : 0)))
            return false;
        // Keeps the looks at the other servers awake too.
        _tracker.Peers.KeepWatched();
        return true;
    }

    void Use()
    {
        if (!_used)
            Begin();
        // Nobody has looked for a while, at this server or at the others: a promotion may have gone unnoticed.
        if (!_heartbeat.Beat() | !_tracker.Peers.KeepWatched())
            Hold();
    }

    void Begin()
    {
        lock (_gate)
        {
            SourceDisposed.ThrowIf(_disposed);
            if (_used)
                return;
            _tripwire.PutUp();
            _tracker.Doubted += Doubt;
            _tracker.Found += WakeKeeper;
            ReadOnlyErrorSignal.Raised += Alarm;
            _promotions = _fence.Promotions;
            if (_births is not null)
                _births.Seen = () => _heartbeat.Beat();
            _used = true;
        }
        if (_tracker.Primary is null)
            Hold();
    }

    void Doubt() => Hold();

    /// <summary>An open came to the tripwire.</summary>
    void Trip()
    {
        lock (_gate)
        {
            _tripped = true;
            HoldInside(clear: false);
        }
    }

    /// <summary>
    /// A read-only error somewhere in the process. On the thread that threw it, so that the next open of its owner waits already. Where the
    /// last ones turned out to be the application's own, it is looked into first.
    /// </summary>
    void Alarm()
    {
        try
        {
            lock (_gate)
            {
                // One that sleeps looks anyway when it wakes up.
                if (_disposed || !_heartbeat.IsBeating)
                    return;
                _alarmed = true;
                if (_alarms.AreQuiet)
                    StartKeeper();
                else
                    HoldInside(clear: false);
            }
        }
        catch (Exception)
        {
            // No more sockets or threads: the next doubt is another chance.
        }
    }

    /// <summary>From now on opens wait.</summary>
    /// <param name="clear">Whether the sessions of its pools lead nowhere any more.</param>
    void Hold(bool clear = false)
    {
        lock (_gate)
            HoldInside(clear);
    }

    void HoldInside(bool clear)
    {
        if (_disposed || !_used)
            return;
        _clear |= clear;
        if (!_held)
        {
            Rooms.Open();
            // Opens pass a host by that is marked as offline, and the room is, in calm.
            _hosts.ClearDatabaseStates();
            _held = true;
        }
        StartKeeper();
        Monitor.PulseAll(_gate);
    }

    void StartKeeper()
    {
        if (_keeping)
            return;
        _keeping = true;
        try
        {
            WorkThread.Start("waiting room", Keep);
        }
        catch
        {
            _keeping = false;
            throw;
        }
    }

    void WakeKeeper()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <summary>Has the primary found, lets the opens go on, and ends when there is no doubt left.</summary>
    void Keep()
    {
        OwnTraffic.Begin();
        while (true)
        {
            bool alarmed, tripped;
            lock (_gate)
            {
                if (_disposed)
                    return;
                if (!_held && !_alarmed && (_tripwire.IsUp || !_tripwire.AreTripsQuiet))
                {
                    RestoreTripwire();
                    _keeping = false;
                    return;
                }
                // Nothing is held back for what turned out to be nothing a moment ago, until it is time to look again.
                var quiet = _alarmed ? _alarms.Quiet : _tripwire.Quiet;
                if (!_held && quiet > TimeSpan.Zero)
                {
                    Monitor.Wait(_gate, quiet);
                    continue;
                }
                (alarmed, tripped, _alarmed, _tripped) = (_alarmed, _tripped, false, false);
            }
            var before = _tracker.Primary;
            try
            {
                var found = _tracker.FindAnew();
                if (tripped)
                    _clear |= _tripwire.Judge(isReal: found != before);
                LetGo(found);
                if (alarmed)
                    LookInto(isReal: found != before);
            }
            catch (NoWritableServerException e) when (e.IsTransient)
            {
                HoldUntilSomebodyWaits();
            }
            catch (ObjectDisposedException)
            {
            }
            catch (NpgsqlException)
            {
                // Every host refuses for good: each open meets that itself, as with Npgsql alone.
                LetGo(found: null);
            }
        }
    }

    /// <summary>An outage in which nobody waits is not searched through: whoever comes, or finds the primary, has it go on.</summary>
    void HoldUntilSomebodyWaits()
    {
        lock (_gate)
        {
            HoldInside(clear: false);
            while (!_disposed && !Rooms.HasGuests && _tracker.Primary is null)
                Monitor.Wait(_gate);
        }
    }

    void LetGo(Primary? found)
    {
        lock (_gate)
        {
            // Lost again already.
            if (found is not null && found != _tracker.Primary)
                return;
            var isOther = found is not null && _scout.LeadsElsewhere(found.Server);
            if (_clear || isOther || _promotions != _fence.Promotions)
                _hosts.Clear();
            (_clear, _promotions) = (false, _fence.Promotions);
            if (!_held)
                return;
            // In this order: what is believed of the hosts is forgotten, then the old primary is taken for offline, then the room is
            // closed.
            _hosts.ClearDatabaseStates();
            if (isOther)
                _scout.LeadPast();
            Rooms.Close();
            if (_tripwire.AreTripsQuiet)
                _tripwire.TakeAway();
            _held = false;
        }
        if (found is not null)
            _scout.GoAhead(found.Server);
        Rooms.SendOn();
    }

    void RestoreTripwire()
    {
        if (_tripwire.PutBack())
            _hosts.ClearDatabaseStates();
    }

    void Lost()
    {
        try
        {
            lock (_gate)
                if (!_disposed)
                    RestoreTripwire();
        }
        catch (Exception)
        {
            // No more sockets: it is back when it is time.
        }
    }

    /// <summary>Where the server can be written to all the while, the error was the application's own, or a session's.</summary>
    void LookInto(bool isReal)
    {
        _alarms.Were(isReal);
        if (!isReal)
            _idle.ClearIfAnyIsReadOnly();
    }

    string Explain(TimeSpan waited) => new NoWritableServerException(waited, _tracker.Answers, mayPass: true).Message;

    /// <summary>
    /// Each pool loads the types again with its next new connection, where the builder is the guard's own, and has no other.
    /// </summary>
    public void ReloadTypes()
    {
        _births?.ReloadTypes();
        _hosts.Clear();
    }

    public void Clear()
    {
        _hosts.Clear();
        _hosts.ClearDatabaseStates();
    }

    /// <summary>Ends the waiting of whoever waits, with an error that says why.</summary>
    public void Dispose()
    {
        End();
        _hosts.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await _hosts.DisposeAsync().ConfigureAwait(false);
    }

    void End()
    {
        lock (_gate)
        {
            _disposed = true;
            _tracker.Doubted -= Doubt;
            _tracker.Found -= WakeKeeper;
            ReadOnlyErrorSignal.Raised -= Alarm;
            _tripwire.Ignore();
            Monitor.PulseAll(_gate);
        }
        _heartbeat.Dispose();
        _scout.Dispose();
        Rooms.Dispose("The WritableDataSource that this connection belongs to was disposed.");
    }
}
