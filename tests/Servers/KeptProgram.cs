using System.Net;
using System.Net.Sockets;

namespace ReadOnlyGuard.Servers;

/// <summary>A program that listens on a port of loopback, in a <see cref="KeptFolder"/> that it ends and goes with.</summary>
sealed class KeptProgram : IAsyncDisposable
{
    readonly LoopbackPort _port;
    readonly string[] _command;

    KeptProgram(KeptFolder folder, LoopbackPort port, IEnumerable<string> command) => (Folder, _port, _command) = (folder, port, [.. command]);

    public KeptFolder Folder { get; }

    public int Port => _port.Number;

    public int Id { get; private set; }

    /// <summary>Starts it in the foreground; returns when it accepts connections. Folder and port are its own from now on.</summary>
    /// <exception cref="InvalidOperationException">It does not; the message holds what it said.</exception>
    public static async Task<KeptProgram> StartAsync(KeptFolder folder, LoopbackPort port, params IEnumerable<string> command)
    {
        var program = new KeptProgram(folder, port, command);
        try
        {
            await program.StartAsync();
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it once more after it has ended.</summary>
    /// <inheritdoc cref="StartAsync(KeptFolder, LoopbackPort, IEnumerable{string})"/>
    public async Task StartAsync()
    {
        Id = await Folder.StartAsync(_command);
        try
        {
            await Eventually.HoldsAsync(AcceptsAsync, $"{_command[0]} to listen on port {Port}");
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"{late.Message} {await Folder.Installation.RunAsync("tail", Folder.Log)}");
        }
    }

    async Task<bool> AcceptsAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Folder.DisposeAsync();
        _port.Dispose();
    }
}
