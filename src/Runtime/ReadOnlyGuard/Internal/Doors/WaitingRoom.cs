using System.Net.Sockets;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// A host of a connection string at which an open waits instead of failing. While the room is closed its socket refuses connections, so
/// that Npgsql takes the host for offline and passes it by, at no cost.
/// </summary>
/// <remarks>
/// Why it refuses by not listening: a room that accepts and closes would be visited by every open, since Npgsql 10 does not count that as
/// offline; and with TLS required there is no answer that a client would take.
/// </remarks>
/// <param name="hasToEncrypt">Whether clients refuse every answer that is not encrypted.</param>
/// <param name="patience">How long a guest is kept; zero sends it on as it comes.</param>
/// <param name="arrival">Called for each guest, on the doorkeeper's thread.</param>
/// <param name="waits">Called with how many more guests wait, or fewer.</param>
/// <param name="explain">What a guest is told whose wait was in vain; <see langword="null"/> where nobody waits.</param>
sealed class WaitingRoom(bool hasToEncrypt, TimeSpan patience, Action arrival, Action<int> waits, Func<TimeSpan, string>? explain) : IRoom
{
    readonly object _gate = new();
    Socket? _socket;
    bool _open;
    int _visits, _guests, _round;

    public RoomAddress Address { get; } = RoomAddress.New();

    public bool HasToEncrypt { get; } = hasToEncrypt;

    public TimeSpan Patience { get; } = patience;

    /// <summary>How many guests have come, ever. In calm there are none.</summary>
    public int Visits => Volatile.Read(ref _visits);

    public int Guests => Volatile.Read(ref _guests);

    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return _open;
        }
    }

    /// <summary>From now on whoever connects waits.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (_open || _why is not null)
                return;
            _socket = Address.Bind();
            _socket.Listen(Backlog);
            _socket.Blocking = false;
            _open = true;
            Doorkeeper.Attend(this, _socket);
        }
    }

    // Bounded by the system (net.core.somaxconn), and emptied at once.
    const int Backlog = 4096;

    /// <summary>From now on whoever connects is refused. Those who wait go on waiting.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_open)
                return;
            _open = false;
            // A socket cannot stop listening, and the doorkeeper may be waiting on this one: it lets go of it at once.
            Doorkeeper.Leave(_socket!);
            _socket!.Dispose();
            _socket = null;
            Address.Vacate();
        }
    }

    public int Round => Volatile.Read(ref _round);

    /// <summary>Sends everybody on who waits.</summary>
    public void SendOn() => SendAway(GuestProtocol.WaitIsOver);

    void SendAway(byte[] answer) => Doorkeeper.SendAway(this, Interlocked.Increment(ref _round) - 1, answer);

    /// <summary>Sends everybody away who waits, and tells them why; closes for good when they have heard it.</summary>
    public void Dispose(string why)
    {
        lock (_gate)
        {
            _why = GuestProtocol.Error(SqlStates.WaitedInVain, why);
            if (!_open)
                return;
        }
        SendAway(_why);
        // Npgsql may ask a second time, without encryption, and what it hears then is what the application reads.
        _closing = new Timer(static room => ((WaitingRoom)room!).Close(), this, LastWords, Timeout.InfiniteTimeSpan);
    }

    static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    byte[]? _why;
    Timer? _closing;

    public byte[]? Came()
    {
        Interlocked.Increment(ref _visits);
        Count(1);
        arrival();
        // One that was closed meanwhile had this guest at its door already, who goes on.
        lock (_gate)
            return _why ?? (_open ? null : GuestProtocol.WaitIsOver);
    }

    public void Went() => Count(-1);

    void Count(int change)
    {
        Interlocked.Add(ref _guests, change);
        waits(change);
    }

    public byte[] Explain(TimeSpan waited) => explain is null ? GuestProtocol.WaitIsOver : GuestProtocol.Error(SqlStates.WaitedInVain, explain(waited));
}
