using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A loopback port that stays ours until it is released, also while nothing listens on it, as when a stopped primary is to come
/// back on its old port.
/// </summary>
sealed class LoopbackPort : IDisposable
{
    // Below the range from which the kernel picks ports for outgoing connections: no client takes the port of a stopped server,
    // and none connects to itself on it.
    const int First = 15000, Last = 32000;

    // An abstract socket is a claim that all processes and users of this machine see, and that ends with its process.
    readonly Socket _claim;

    LoopbackPort(int number, Socket claim) => (Number, _claim) = (number, claim);

    public int Number { get; }

    public static LoopbackPort Claim()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var number = Random.Shared.Next(First, Last);
            if (TryBind(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified, new UnixDomainSocketEndPoint($"\0readonlyguard/port/{number}")) is not { } claim)
                continue;

            using var probe = TryBind(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, new IPEndPoint(IPAddress.Loopback, number));
            if (probe is not null)
                return new(number, claim);

            claim.Dispose();
        }

        throw new InvalidOperationException($"No free port between {First} and {Last}.");
    }

    public static string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure, int port)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres" };
        configure?.Invoke(builder);
        return builder.ConnectionString;
    }

    public void Dispose() => _claim.Dispose();

    static Socket? TryBind(AddressFamily family, SocketType type, ProtocolType protocol, EndPoint endPoint)
    {
        var socket = new Socket(family, type, protocol);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
