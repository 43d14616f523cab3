using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Where a waiting room can be found: how a connection string names it as a host, and what its socket binds to.
/// </summary>
/// <remarks>
/// A Unix domain socket in a folder that only this user may enter; where no folder can be written, an abstract one (Linux); where there are
/// neither, loopback TCP. Names are random: what a killed process leaves behind is in nobody's way, and containers may share a folder.
/// </remarks>
abstract class RoomAddress
{
    const string Name = "readonlyguard-waiting-room";

    // 104 bytes on macOS and the BSDs, 108 on Linux, with the zero at the end.
    const int LongestPath = 103;

    static readonly Lazy<string?> Folder = new(CreateFolder);
    static int s_last;

    /// <summary>How a connection string names it.</summary>
    public abstract string Host { get; }

    public abstract Socket Bind();

    public virtual void Vacate()
    {
    }

    static Func<RoomAddress>? s_instead;

    /// <summary>For tests: another kind of address than this machine would get, until it is disposed.</summary>
    public static IDisposable Use(Func<RoomAddress>? kind)
    {
        s_instead = kind;
        return new Restored();
    }

    sealed class Restored : IDisposable
    {
        public void Dispose() => s_instead = null;
    }

    public static RoomAddress New()
        => s_instead is { } kind ? kind()
            : Folder.Value is { } folder ? new InFolder(folder)
            : OperatingSystem.IsLinux() ? new Abstract()
            : new Loopback();

    static string? CreateFolder()
    {
        try
        {
            // 0700, says its documentation.
            var folder = Directory.CreateTempSubdirectory("rog-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder);
            var rooms = Path.Combine(folder, Name);
            if (rooms.Contains(',', StringComparison.Ordinal) || rooms.Contains(';', StringComparison.Ordinal) || rooms.Contains(':', StringComparison.Ordinal)
                || rooms.Length + ".s.PGSQL.12345".Length + 1 > LongestPath || !Path.IsPathRooted(rooms) || OperatingSystem.IsWindows())
            {
                Remove(folder);
                return null;
            }
            Directory.CreateDirectory(rooms);
            using var trial = UnixSocket();
            trial.Bind(new UnixDomainSocketEndPoint(Path.Combine(rooms, "trial")));
            File.Delete(Path.Combine(rooms, "trial"));
            return rooms;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or NotSupportedException)
        {
            return null;
        }
    }

    static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Npgsql appends the port to the folder, so the rooms of a process are told apart by their "ports".</summary>
    public sealed class InFolder(string folder) : RoomAddress
    {
        readonly int _number = Interlocked.Increment(ref s_last);

        public override string Host => $"{folder}:{_number}";

        string SocketFile => Path.Combine(folder, $".s.PGSQL.{_number}");

        public override Socket Bind()
        {
            Vacate();
            return Bound(UnixSocket(), new UnixDomainSocketEndPoint(SocketFile));
        }

        public override void Vacate()
        {
            try
            {
                File.Delete(SocketFile);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    public sealed class Abstract : RoomAddress
    {
        readonly int _number = Interlocked.Increment(ref s_last);
        readonly string _name = $"{Name}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}";

        public override string Host => $"@{_name}:{_number}";

        public override Socket Bind()
            => BoundAgain(UnixSocket, new UnixDomainSocketEndPoint($"\0{_name}/.s.PGSQL.{_number}"));
    }

    public sealed class Loopback : RoomAddress
    {
        readonly int _port;

        public Loopback()
        {
            using var chosen = Bound(TcpSocket(), new IPEndPoint(IPAddress.Loopback, 0));
            _port = ((IPEndPoint)chosen.LocalEndPoint!).Port;
        }

        public override string Host => $"127.0.0.1:{_port}";

        public override Socket Bind() => BoundAgain(TcpSocket, new IPEndPoint(IPAddress.Loopback, _port));
    }

    static Socket UnixSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    static Socket TcpSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        return socket;
    }

    /// <summary>The socket that had the address before may be closed, but still be waited on for a moment.</summary>
    static Socket BoundAgain(Func<Socket> create, EndPoint endpoint)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return Bound(create(), endpoint);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                Thread.Sleep(1);
            }
    }

    const int Attempts = 100;

    static Socket Bound(Socket socket, EndPoint endpoint)
    {
        try
        {
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
