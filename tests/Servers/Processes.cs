using System.Runtime.InteropServices;

namespace ReadOnlyGuard.Servers;

/// <summary>Signals to processes, by id. One that has just ended needs none.</summary>
static class Processes
{
    /// <summary>Ends them at once; returns when they are gone.</summary>
    public static Task KillAsync(params int[] ids)
    {
        Signal(9, ids);
        return Eventually.HoldsAsync(() => !ids.Any(IsAlive), "killed processes to end");
    }

    /// <summary>Makes them stand still.</summary>
    public static void Stop(params int[] ids) => Signal(19, ids);

    public static void Continue(params int[] ids) => Signal(18, ids);

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

    static void Signal(int signal, int[] ids)
    {
        foreach (var id in ids)
            _ = kill(id, signal);
    }

    [DllImport("libc")]
    static extern int kill(int pid, int signal);
}
