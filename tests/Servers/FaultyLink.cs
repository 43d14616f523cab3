using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>What happens to one request on its way through a <see cref="FaultyLink"/>.</summary>
public enum Fault
{
    None,

    /// <summary>The connection ends before the server has the request.</summary>
    CutBefore,

    /// <summary>The connection ends when the server has answered, and the client has nothing of the answer.</summary>
    CutAfter,

    /// <summary>The server answers, and the client gets nothing of it for as long as the server keeps the session.</summary>
    Silence,
}

/// <summary>
/// A TCP link to one server that knows PostgreSQL's protocol well enough to fail at a chosen request: before the server has it, or
/// after, when only the client does not know.
/// </summary>
public sealed class FaultyLink : IAsyncDisposable
{
    readonly LoopbackPort _port = LoopbackPort.Claim();
    readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly ConcurrentDictionary<Session, Task> _sessions = new();
    readonly Task _accepting;

    public FaultyLink(PostgresServer target)
    {
        Target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, _port.Number));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public int Port => _port.Number;

    /// <summary>Where new sessions go.</summary>
    public PostgresServer Target { get; set; }

    /// <summary>Asked for each request, everything up to a Sync or a simple query, with its text; ends before it is passed on.</summary>
    public Func<string, ValueTask<Fault>> Plan { get; set; } = _ => new(Fault.None);

    /// <summary>Fails at the next request that holds the text, once.</summary>
    public void FailOnceAt(string text, Fault fault)
    {
        var left = 1;
        Plan = request => new(request.Contains(text, StringComparison.Ordinal) && Interlocked.Exchange(ref left, 0) == 1 ? fault : Fault.None);
    }

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var session in _sessions.Keys)
            session.Dispose();
        await Task.WhenAll(_sessions.Values);
        _port.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var session = new Session(await _listener.AcceptAsync(), this);
                var started = new TaskCompletionSource();
                _sessions[session] = RunAsync(session, started.Task);
                started.SetResult();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task RunAsync(Session session, Task started)
    {
        await started;
        await session.RunAsync();
        _sessions.TryRemove(session, out _);
    }

    sealed class Session(Socket client, FaultyLink link) : IDisposable
    {
        const int SslRequest = 80877103, GssRequest = 80877104;

        readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        // Completed by the end of the answer that a fault waits for.
        volatile TaskCompletionSource? _answered;
        volatile bool _deaf;

        public async Task RunAsync()
        {
            client.NoDelay = true;
            try
            {
                await _server.ConnectAsync(IPAddress.Loopback, link.Target.Port);
                await Task.WhenAny(PassRequestsAsync(), PassAnswersAsync());
            }
            catch (Exception gone) when (IsGone(gone))
            {
            }
            Dispose();
        }

        public void Dispose()
        {
            client.Dispose();
            _server.Dispose();
            _answered?.TrySetResult();
        }

        async Task PassRequestsAsync()
        {
            try
            {
                var from = new NetworkStream(client);
                while (await ReadAsync(from, typed: false) is { } start)
                {
                    await SendAsync(_server, start);
                    if (BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(4)) is not (SslRequest or GssRequest))
                        break;
                }

                var request = new List<byte>();
                while (await ReadAsync(from, typed: true) is { } message)
                {
                    request.AddRange(message);
                    // Sync, simple query, password, the data of COPY and Terminate: what the server acts upon at once.
                    if (!"SQpdcfX".Contains((char)message[0], StringComparison.Ordinal))
                        continue;
                    await PassAsync([.. request]);
                    request.Clear();
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
            }
        }

        async Task PassAsync(byte[] request)
        {
            var fault = await link.Plan(Encoding.Latin1.GetString(request));
            if (fault == Fault.CutBefore)
                Dispose();
            if (fault is Fault.CutAfter or Fault.Silence)
            {
                _deaf = true;
                _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            await SendAsync(_server, request);
            if (fault == Fault.CutAfter)
            {
                await _answered!.Task;
                Dispose();
            }
        }

        async Task PassAnswersAsync()
        {
            var from = new NetworkStream(_server);
            var buffer = new byte[16 * 1024];
            try
            {
                int read;
                while ((read = await from.ReadAsync(buffer)) > 0)
                {
                    if (!_deaf)
                        await SendAsync(client, buffer.AsMemory(0, read));
                    // ReadyForQuery is six bytes, the last of an answer.
                    else if (read >= 6 && buffer[read - 6] == 'Z' && buffer[read - 5] == 0)
                        _answered?.TrySetResult();
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
            }
            _answered?.TrySetResult();
        }

        static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await to.SendAsync(bytes)..];
        }

        /// <summary>One message of the client's; a typed one has its type before its length.</summary>
        static async Task<byte[]?> ReadAsync(NetworkStream from, bool typed)
        {
            var header = new byte[typed ? 5 : 4];
            if (await from.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) < header.Length)
                return null;
            var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(header.Length - 4));
            var message = new byte[header.Length - 4 + length];
            header.CopyTo(message, 0);
            await from.ReadExactlyAsync(message.AsMemory(header.Length));
            return message;
        }

        static bool IsGone(Exception e) => e is SocketException or ObjectDisposedException or IOException;
    }
}
