using System.Diagnostics;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A temporary folder for one server, owned by the user the server runs as. A small shell process keeps it: as soon as the pipe
/// between us is closed, be it by <see cref="DisposeAsync"/> or because this process was killed, it stops the server and removes
/// the folder.
/// </summary>
sealed class ServerFolder : IAsyncDisposable
{
    // A session of its own: what kills our process group (Ctrl+C, a CI runner's time-out) must not kill the keeper with us.
    const string Keep =
        """
        trap '' HUP INT TERM
        read -r _
        read -r server 2>/dev/null <"$1/data/postmaster.pid"
        if [ "/proc/$server/cwd" -ef "$1/data" ]; then
            kill -CONT "$server" $(cat "/proc/$server/task/$server/children") 2>/dev/null
            "$2" stop -D "$1/data" -m immediate -w
        fi
        for attempt in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" && break; sleep 0.1; done
        """;

    readonly Process _keeper;

    ServerFolder(string path, Process keeper) => (Path, _keeper) = (path, keeper);

    public string Path { get; }
    public string Data => System.IO.Path.Combine(Path, "data");
    public string Log => System.IO.Path.Combine(Path, "log");

    public static async Task<ServerFolder> CreateAsync(PostgresInstallation installation)
    {
        var pattern = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "readonlyguard-XXXXXX");
        // Without symbolic links: the kernel shows a process's folder that way, and it is compared.
        var path = await installation.RunAsync("sh", "-c", "cd \"$(mktemp -d \"$1\")\" && pwd -P", "sh", pattern);
        var command = installation.Command("setsid", "sh", "-c", Keep, "sh", path, System.IO.Path.Combine(installation.Bin, "pg_ctl"));
        // Not CliWrap: it ends a process when asked to, and this one has to outlive us.
        var keeper = Process.Start(new ProcessStartInfo(command.TargetFilePath, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return new(path, keeper);
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
