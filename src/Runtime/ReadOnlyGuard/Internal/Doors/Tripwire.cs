using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// The room behind the servers. An open that comes there has found no other host: Npgsql has taken the primary for offline; or its pool is
/// exhausted, and opens look at every host then before they queue. Where that is so again and again, the wire is taken away for a while.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="births">How many physical connections were opened, ever; zero where nobody counts them.</param>
/// <param name="lost">Called for each connection that breaks in the process while the wire is away.</param>
sealed class Tripwire(WaitingRoom room, Func<int> births, Action lost)
{
    const int ClearInterval = 10_000;

    readonly FalseAlarms _trips = new(tolerated: 4, longest: TimeSpan.FromSeconds(10));
    int _birthsAtTrip;
    long _clearAgainAt;

    public bool IsUp => room.IsOpen;

    /// <summary>Whether the last trips turned out to be nothing, so often that the next ones may be left alone.</summary>
    public bool AreTripsQuiet => _trips.AreQuiet;

    /// <summary>For how long yet.</summary>
    public TimeSpan Quiet => _trips.Quiet;

    public void PutUp() => room.Open();

    /// <summary>
    /// Where the pool is exhausted nothing has changed at the next trip, and no connection was opened meanwhile. Where connections break one
    /// after the other, on a server that is well, others were opened in their place.
    /// </summary>
    /// <param name="isReal">Whether another primary was found.</param>
    /// <returns>
    /// Whether the idle sessions are to be closed: they may be read-only, each by itself, and Npgsql passes the host by for their sake.
    /// </returns>
    public bool Judge(bool isReal)
    {
        var before = _birthsAtTrip;
        _birthsAtTrip = births();
        _trips.Were(isReal || before != _birthsAtTrip);
        if (isReal || Environment.TickCount64 < _clearAgainAt)
            return false;
        _clearAgainAt = Environment.TickCount64 + ClearInterval;
        return true;
    }

    public void TakeAway()
    {
        if (!IsUp)
            return;
        room.Close();
        // Until it is back, this has to tell that the primary may be taken for offline.
        ReadOnlyErrorSignal.ConnectionLost += lost;
    }

    /// <returns>Whether it was away.</returns>
    public bool PutBack()
    {
        if (IsUp)
            return false;
        Ignore();
        PutUp();
        return true;
    }

    /// <summary>Lost connections are no news any more.</summary>
    public void Ignore() => ReadOnlyErrorSignal.ConnectionLost -= lost;
}
