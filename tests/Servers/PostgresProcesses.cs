using System.Globalization;
using System.Runtime.InteropServices;

namespace ReadOnlyGuard.Servers;

/// <summary>The processes of one server, found and signalled by their ids and never by a name.</summary>
/// <param name="dataDirectory">What tells this server's postmaster from a process that got the same id later.</param>
sealed class PostgresProcesses(string dataDirectory)
{
    const int Kill = 9, Continue = 18, Stop = 19;

    public string PidFile { get; } = Path.Combine(dataDirectory, "postmaster.pid");

    /// <summary>The parent of all processes of this server; null when it does not run.</summary>
    public int? Postmaster()
    {
        try
        {
            return int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var id)
                && new FileInfo($"/proc/{id}/cwd").LinkTarget == dataDirectory ? id : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // the file, or the process, went while we looked
        }
    }

    /// <summary>The postmaster, first, and its children: it forks them all itself.</summary>
    public int[] All()
    {
        if (Postmaster() is not { } postmaster)
            return [];
        try
        {
            var children = File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children");
            return [postmaster, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // The postmaster first, on its own: once it stands still there are no more children than those seen then.
    public void Freeze()
    {
        if (Postmaster() is { } postmaster)
            Signal(Stop, postmaster);
        Signal(Stop, All());
    }

    public void Thaw() => Signal(Continue, All());

    public async Task KillAsync()
    {
        Freeze();
        var all = All();
        Signal(Kill, all);
        await Eventually.HoldsAsync(() => !all.Any(IsAlive), "killed server processes to end");
    }

    static bool IsAlive(int id)
    {
        try
        {
            // "id (name) state …"; a zombie is dead, and only waits for whoever has to take note of it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    static void Signal(int signal, params int[] processes)
    {
        foreach (var id in processes)
            _ = kill(id, signal); // one that has just ended needs no signal
    }

    [DllImport("libc")]
    static extern int kill(int pid, int signal);
}
