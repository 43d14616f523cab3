using System.Net;
using System.Net.Sockets;

namespace ReadOnlyGuard.Servers;

/// <summary>An address behind which packets are dropped: no connection to it is established, refused or reset.</summary>
public sealed class BlackHole : IDisposable
{
    readonly LoopbackPort _port = LoopbackPort.Claim();
    readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly List<Socket> _filling = [];

    public BlackHole()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, _port.Number));
        // The kernel drops what would not fit into the queue of a listener that never accepts.
        _listener.Listen(1);
        for (var i = 0; i < 4; i++)
        {
            var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _filling.Add(filling);
            try
            {
                filling.Connect(IPAddress.Loopback, _port.Number);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }
    }

    public int Port => _port.Number;

    public void Dispose()
    {
        foreach (var filling in _filling)
            filling.Dispose();
        _listener.Dispose();
        _port.Dispose();
    }
}
