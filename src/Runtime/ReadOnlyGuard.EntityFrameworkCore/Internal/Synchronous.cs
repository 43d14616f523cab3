using System.Diagnostics;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>Synchronous and asynchronous ways share one body; the synchronous one returns completed.</summary>
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
