using System.Diagnostics;

namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// Synchronous and asynchronous ways share one body, which a synchronous caller finds completed: it waits on its own thread, for a search
/// or a check, and never for a task.
/// </summary>
static class Synchronous
{
    public static void Completed(this ValueTask task)
    {
        Debug.Assert(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    public static T Completed<T>(this ValueTask<T> task)
    {
        Debug.Assert(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }
}
