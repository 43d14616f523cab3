using System.Net.Sockets;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// One thread for all waiting rooms of the process: it lets guests in, and sends them away. A thread of its own, because in a failover the
/// thread pool may be full of opens that wait for exactly this.
/// </summary>
static class Doorkeeper
{
    static readonly object Gate = new();
    static readonly Dictionary<Socket, IRoom> Doors = [];
    static readonly Queue<(IRoom Room, int Round, byte[] Answer)> Farewells = [];
    static readonly List<Guest> Guests = [];

    // Whoever changes something rings: the thread waits on sockets and on nothing else.
    static Bell? s_bell;

    public static void Attend(IRoom room, Socket listening)
    {
        lock (Gate)
        {
            Doors.Add(listening, room);
            Ring();
        }
    }

    public static void Leave(Socket listening)
    {
        lock (Gate)
        {
            Doors.Remove(listening);
            Ring();
        }
    }

    /// <summary>Everybody who came to the room up to this round gets this answer.</summary>
    public static void SendAway(IRoom room, int round, byte[] answer)
    {
        lock (Gate)
        {
            if (room.Guests == 0)
                return;
            Farewells.Enqueue((room, round, answer));
            Ring();
        }
    }

    static void Ring()
    {
        if (s_bell is { } bell)
        {
            bell.Ring();
            return;
        }
        bell = new Bell();
        WorkThread.Start("waiting rooms", () => Run(bell));
        s_bell = bell;
    }

    static void Run(Bell bell)
    {
        var readable = new List<Socket>();
        var doors = new Dictionary<Socket, IRoom>();
        var guests = new Dictionary<Socket, Guest>();
        while (true)
        {
            lock (Gate)
            {
                while (Farewells.TryDequeue(out var farewell))
                    foreach (var guest in Guests)
                        if (guest.Room == farewell.Room && guest.Round <= farewell.Round)
                            guest.Answer ??= farewell.Answer;
                doors.Clear();
                foreach (var (socket, room) in Doors)
                    doors.Add(socket, room);
                if (doors.Count == 0 && Guests.Count == 0)
                {
                    s_bell = null;
                    bell.Dispose();
                    return;
                }
            }
            var now = Environment.TickCount64;
            SendAwayWhoWaitedLongEnough(now, out var next);

            readable.Clear();
            guests.Clear();
            readable.Add(bell.Socket);
            readable.AddRange(doors.Keys);
            foreach (var guest in Guests)
            {
                readable.Add(guest.Socket);
                guests.Add(guest.Socket, guest);
            }
            try
            {
                Socket.Select(readable, null, null, next);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // A room was closed in this moment: the next round does not know it any more.
                continue;
            }
            foreach (var socket in readable)
            {
                if (socket == bell.Socket)
                    bell.Answer();
                else if (doors.TryGetValue(socket, out var room))
                    LetIn(socket, room);
                else if (guests.TryGetValue(socket, out var guest) && !guest.Listen())
                    Went(guest);
            }
        }
    }

    static void LetIn(Socket listening, IRoom room)
    {
        // Asked before each accept: an exception that says "nobody there" would be seen by the application's handlers.
        while (IsSomebodyAt(listening))
        {
            if (Accept(listening) is not { } socket)
                return;
            var guest = new Guest(socket, room, room.Round, Environment.TickCount64);
            Guests.Add(guest);
            guest.Answer = room.Came();
            if (!guest.Listen())
                Went(guest);
        }
    }

    static Socket? Accept(Socket listening)
    {
        try
        {
            var socket = listening.Accept();
            socket.Blocking = false;
            return socket;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        catch (SocketException)
        {
            // No more files may be opened, or the room was closed meanwhile. Whoever is at the door stays there.
            Thread.Sleep(10);
            return null;
        }
    }

    static bool IsSomebodyAt(Socket listening)
    {
        try
        {
            return listening.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The room was closed meanwhile.
            return false;
        }
    }

    /// <param name="now">Milliseconds.</param>
    /// <param name="next">After how long somebody else has; negative for never.</param>
    static void SendAwayWhoWaitedLongEnough(long now, out TimeSpan next)
    {
        var soonest = long.MaxValue;
        for (var i = Guests.Count - 1; i >= 0; i--)
        {
            var guest = Guests[i];
            var until = guest.Arrived + (long)guest.Room.Patience.TotalMilliseconds;
            if (until <= now)
                guest.Answer ??= guest.Room.Explain(TimeSpan.FromMilliseconds(now - guest.Arrived));
            if (guest.Answer is not null)
            {
                // Npgsql says what it has to say as soon as it is connected; whoever does not is not Npgsql.
                until = Math.Max(until, guest.Arrived) + SeatedWithin;
                if (guest.IsSeated || until <= now)
                {
                    Went(guest);
                    continue;
                }
            }
            soonest = Math.Min(soonest, until);
        }
        next = soonest == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(soonest - now, int.MaxValue / 1000));
    }

    const long SeatedWithin = 1000;

    static void Went(Guest guest)
    {
        // The last takes the place of the one that leaves: there may be thousands.
        var index = Guests.IndexOf(guest);
        if (index < 0)
            return;
        Guests[index] = Guests[^1];
        Guests.RemoveAt(Guests.Count - 1);
        guest.SendAway();
        guest.Room.Went();
    }

    /// <summary>A socket that wakes the thread.</summary>
    sealed class Bell : IDisposable
    {
        readonly RoomAddress _address = RoomAddress.New();
        int _rung;

        public Bell()
        {
            Socket = _address.Bind();
            Socket.Listen();
        }

        public Socket Socket { get; }

        public void Ring()
        {
            if (Interlocked.Exchange(ref _rung, 1) != 0)
                return;
            using var hand = new Socket(Socket.AddressFamily, SocketType.Stream, Socket.ProtocolType);
            hand.Connect(Socket.LocalEndPoint!);
        }

        public void Answer()
        {
            // Before anything is looked at: who rings from now on has something new.
            Volatile.Write(ref _rung, 0);
            Socket.Accept().Dispose();
        }

        public void Dispose()
        {
            Socket.Dispose();
            _address.Vacate();
        }
    }
}
