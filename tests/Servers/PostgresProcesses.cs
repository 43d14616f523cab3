using System.Globalization;

namespace ReadOnlyGuard.Servers;

/// <summary>The processes of one server, found and signalled by their ids and never by a name.</summary>
/// <param name="dataDirectory">What tells this server's postmaster from a process that got the same id later.</param>
sealed class PostgresProcesses(string dataDirectory)
{
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
            Processes.Stop(postmaster);
        Processes.Stop(All());
    }

    public void Thaw() => Processes.Continue(All());

    /// <summary>Kills them all, and removes what only they would have removed: the next start has nothing to be confused by.</summary>
    public async Task KillAsync(PostgresInstallation installation)
    {
        // The seventh line: key and id of the shared memory, which nobody else removes when the server never starts again.
        var sharedMemory = File.ReadLines(PidFile).ElementAt(6).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];
        Freeze();
        await Processes.KillAsync(All());
        await installation.RunAsync("ipcrm", "-m", sharedMemory);
        // Where nobody buries orphans, the next start would take the zombie for a living postmaster.
        await installation.RunAsync("rm", "-f", PidFile);
    }
}
