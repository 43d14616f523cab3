using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A program that listens on loopback, with a temporary folder of its own, both owned by the user that servers run as. It ends, and the
/// folder goes, with <see cref="DisposeAsync"/> or with this process, however that ends.
/// </summary>
sealed class KeptProgram : IAsyncDisposable
{
    // A session of its own: what kills our process group must not kill the keeper with us.
    const string Keep =
        """
        folder=$1; shift
        "$@" >"$folder/log" 2>&1 </dev/null &
        trap '' HUP INT TERM
        echo $!
        read -r _
        kill $! 2>/dev/null
        wait
        rm -rf "$folder"
        """;

    readonly Process _keeper;

    KeptProgram(string folder, Process keeper, int id) => (Folder, _keeper, Id) = (folder, keeper, id);

    public string Folder { get; }

    public int Id { get; }

    /// <summary>An empty folder that <see cref="StartAsync"/> takes over.</summary>
    public static Task<string> CreateFolderAsync(PostgresInstallation installation)
        => installation.RunAsync("mktemp", "-d", Path.Combine(Path.GetTempPath(), "readonlyguard-XXXXXX"));

    /// <summary>Starts it in the foreground; returns when it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">It ended at once; the message holds what it said.</exception>
    public static async Task<KeptProgram> StartAsync(PostgresInstallation installation, string folder, int port, params IEnumerable<string> command)
    {
        var keep = installation.Command("setsid", ["sh", "-c", Keep, "sh", folder, .. command]);
        // Not CliWrap: it ends a process when asked to, and this one has to outlive us.
        var keeper = Process.Start(new ProcessStartInfo(keep.TargetFilePath, keep.Arguments)
        {
            WorkingDirectory = keep.WorkingDirPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var id = int.Parse((await keeper.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        var program = new KeptProgram(folder, keeper, id);
        try
        {
            await Eventually.HoldsAsync(() => AcceptsAsync(port), $"{command.First()} to listen on port {port}");
            return program;
        }
        catch (TimeoutException late)
        {
            var said = await installation.RunAsync("cat", Path.Combine(folder, "log"));
            await program.DisposeAsync();
            throw new InvalidOperationException($"{late.Message} {said}");
        }
    }

    static async Task<bool> AcceptsAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
