using System.Diagnostics;
using System.Globalization;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A temporary folder owned by the user that servers run as. A small shell process keeps it: as soon as the pipe between us is closed,
/// be it by <see cref="DisposeAsync"/> or because this process was killed, it stops what was started in the folder, a PostgreSQL server
/// in <see cref="Data"/> too, and removes it.
/// </summary>
sealed class KeptFolder : IAsyncDisposable
{
    // A session of its own: what kills our process group (Ctrl+C, a CI runner's time-out) must not kill the keeper with us.
    const string Keep =
        """
        trap '' HUP INT TERM
        while read -r program; do
            wait
            (trap - HUP INT TERM; exec sh -c "exec $program") >>"$1/log" 2>&1 </dev/null &
            echo $!
        done
        if [ "$!" ]; then
            kill -CONT $!; kill $!
            wait
        fi
        read -r server 2>/dev/null <"$1/data/postmaster.pid"
        if [ "/proc/$server/cwd" -ef "$1/data" ]; then
            kill -CONT "$server" $(cat "/proc/$server/task/$server/children") 2>/dev/null
            "$2" stop -D "$1/data" -m immediate -w
        fi
        for attempt in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" && break; sleep 0.1; done
        """;

    readonly Process _keeper;

    KeptFolder(PostgresInstallation installation, string path, Process keeper) => (Installation, Path, _keeper) = (installation, path, keeper);

    public PostgresInstallation Installation { get; }

    public string Path { get; }
    public string Data => In("data");
    public string Log => In("log");

    public static async Task<KeptFolder> CreateAsync(PostgresInstallation installation)
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
        return new(installation, path, keeper);
    }

    public string In(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a file of it; an existing one is replaced.</summary>
    /// <returns>Where it is.</returns>
    public async Task<string> WriteAsync(string file, string text)
    {
        await Installation.WriteFileAsync(In(file), text);
        return In(file);
    }

    /// <summary>Starts a program that logs to <see cref="Log"/>; one at a time, the next when the last has ended.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> StartAsync(params IEnumerable<string> command)
    {
        await _keeper.StandardInput.WriteLineAsync(string.Join(' ', command.Select(word => $"'{word}'")));
        await _keeper.StandardInput.FlushAsync();
        return int.Parse((await _keeper.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
