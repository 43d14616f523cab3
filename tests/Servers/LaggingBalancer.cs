using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A TCP balancer in this process, on one port for its life. It sends new sessions to its target, which lags behind reality as
/// long as the test wants, and keeps the sessions it has where they are: a cloud's DNS name, or a load balancer without a role
/// check.
/// </summary>
public sealed class LaggingBalancer : IAsyncDisposable
{
    readonly IPAddress _address;
    readonly LoopbackPort _port;
    readonly ConcurrentDictionary<Session, Task> _sessions = new();
    volatile PostgresEndpoint _target;
    volatile bool _swallowing;
    Socket? _listener;
    Task _accepting = Task.CompletedTask;
    int _accepted;

    public LaggingBalancer(PostgresEndpoint target) : this(target, IPAddress.Loopback, LoopbackPort.Claim())
    {
    }

    /// <summary>On a port that several share, each on an address of its own.</summary>
    internal LaggingBalancer(PostgresEndpoint target, IPAddress address, LoopbackPort port)
    {
        (_target, _address, _port) = (target, address, port);
        Listen();
    }

    public string Host => "127.0.0.1";
    public int Port => _port.Number;

    /// <summary>Where new sessions go.</summary>
    public PostgresEndpoint Target => _target;

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open at this moment.</summary>
    public int Sessions => _sessions.Count;

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    /// <summary>Sends new sessions to another server from now on; also ends <see cref="RefuseConnections"/> and <see cref="Swallow"/>.</summary>
    /// <param name="target">The server that new sessions go to.</param>
    /// <param name="closeSessions">Whether the sessions there are end now; else they stay with their old server.</param>
    public void SwitchTo(PostgresEndpoint target, bool closeSessions = false)
    {
        _target = target;
        _swallowing = false;
        if (closeSessions)
            CloseSessions();
        Listen();
    }

    /// <summary>Answers new connections as a closed port does; the sessions there are go on.</summary>
    public void RefuseConnections() => Interlocked.Exchange(ref _listener, null)?.Dispose();

    /// <summary>Accepts new connections and never answers, as a firewall or a dead host behind a balancer does; the sessions there are go on.</summary>
    public void Swallow()
    {
        _swallowing = true;
        Listen();
    }

    public void CloseSessions()
    {
        foreach (var session in _sessions.Keys)
            session.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        RefuseConnections();
        await _accepting;
        CloseSessions();
        await Task.WhenAll(_sessions.Values);
        _port.Dispose();
    }

    void Listen()
    {
        if (_listener is not null)
            return;
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(_address, Port));
        listener.Listen(512);
        _listener = listener;
        // The loop before this one ends with its listener: awaiting both keeps the one task that is left enough.
        _accepting = Task.WhenAll(_accepting, AcceptAsync(listener));
    }

    async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Session session;
            try
            {
                session = new(await listener.AcceptAsync());
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            // Known before it runs, so that its end finds it.
            var started = new TaskCompletionSource();
            _sessions[session] = RunAsync(session, _swallowing ? null : _target, started.Task);
            started.SetResult();
        }
    }

    async Task RunAsync(Session session, PostgresEndpoint? target, Task started)
    {
        await started;
        await session.RunAsync(target);
        _sessions.TryRemove(session, out _);
    }

    /// <summary>One client, and the server that it was sent to when it came.</summary>
    sealed class Session(Socket client) : IDisposable
    {
        readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public async Task RunAsync(PostgresEndpoint? target)
        {
            client.NoDelay = true;
            if (target is null)
                await CopyAsync(client, null);
            else if (await ConnectAsync(target))
                // Whichever side ends first has had all it sent passed on; that ends both.
                await Task.WhenAny(CopyAsync(client, _server), CopyAsync(_server, client));
            Dispose();
        }

        public void Dispose()
        {
            client.Dispose();
            _server.Dispose();
        }

        // A server that refuses, or a side that goes away, is no error here: the other side sees its connection end.
        async Task<bool> ConnectAsync(PostgresEndpoint target)
        {
            try
            {
                await _server.ConnectAsync(target.Host, target.Port);
                return true;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }

        static async Task CopyAsync(Socket from, Socket? to)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                int read;
                while ((read = await from.ReceiveAsync(buffer)) > 0)
                {
                    for (var sent = 0; to is not null && sent < read;)
                        sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
            }
        }
    }
}
