using System.Buffers.Binary;
using System.Net.Sockets;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>One open that waits in a room. Only the doorkeeper's thread touches it.</summary>
sealed class Guest(Socket socket, IRoom room, int round, long arrived)
{
    // A startup message is some hundred bytes long; PostgreSQL itself takes no more than 10,000.
    const int LongestStartup = 10_000;

    readonly byte[] _received = new byte[GuestProtocol.HeaderBytes];
    int _count, _left;

    public Socket Socket { get; } = socket;

    public IRoom Room { get; } = room;

    /// <summary>How often the room had sent everybody on when this one came.</summary>
    public int Round { get; } = round;

    /// <summary>Milliseconds of the room's clock.</summary>
    public long Arrived { get; } = arrived;

    /// <summary>It has said all that it says unasked. Before, an answer would reach a client that does not listen for it yet.</summary>
    public bool IsSeated { get; private set; }

    /// <summary>Why it is to be sent away, as soon as it is seated.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>Takes what has arrived, without blocking.</summary>
    /// <returns><see langword="false"/> if the guest has left, or is none.</returns>
    public bool Listen()
    {
        Span<byte> rest = stackalloc byte[512];
        try
        {
            while (true)
            {
                if (_left > 0)
                {
                    var skipped = Socket.Receive(rest[..Math.Min(_left, rest.Length)], SocketFlags.None, out var error);
                    if (error == SocketError.WouldBlock)
                        return true;
                    if (skipped == 0 || error != SocketError.Success)
                        return false;
                    _left -= skipped;
                    if (_left == 0)
                        IsSeated = true;
                    continue;
                }
                var read = Socket.Receive(_received.AsSpan(IsSeated ? 0 : _count), SocketFlags.None, out var code);
                if (code == SocketError.WouldBlock)
                    return true;
                if (read == 0 || code != SocketError.Success)
                    return false;
                if (IsSeated)
                    continue;
                _count += read;
                if (_count == GuestProtocol.HeaderBytes && !Understand())
                    return false;
            }
        }
        catch (SocketException)
        {
            return false;
        }
    }

    bool Understand()
    {
        _count = 0;
        switch (GuestProtocol.Of(_received))
        {
            case GuestProtocol.Message.Encryption or GuestProtocol.Message.Other when Room.HasToEncrypt:
                // An SSLRequest, or TLS without one. No answer is one that such a client would take: it waits, and is hung up on at the
                // end.
                IsSeated = true;
                return true;
            case GuestProtocol.Message.Encryption:
                Socket.Send(GuestProtocol.No);
                return true;
            case GuestProtocol.Message.Startup:
                _left = BinaryPrimitives.ReadInt32BigEndian(_received) - GuestProtocol.HeaderBytes;
                IsSeated = _left == 0;
                return _left is >= 0 and <= LongestStartup;
            default:
                return false;
        }
    }

    /// <summary>Answers and closes. A guest that has left meanwhile does not hear it.</summary>
    public void SendAway()
    {
        try
        {
            if (Answer is { } answer && !Room.HasToEncrypt)
                Socket.Send(answer);
        }
        catch (SocketException)
        {
        }
        Socket.Dispose();
    }
}
