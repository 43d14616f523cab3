namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// Synchronous and asynchronous ways share one body, which a synchronous caller finds completed: it waits on its own thread, for a search or
/// a check, and never for a task.
/// </summary>
static class Synchronous
{
    public static void Completed(this ValueTask task)
    {
        ThrowUnless(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    public static T Completed<T>(this ValueTask<T> task)
    {
        ThrowUnless(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    // Blocking here could starve the thread pool, where an exception only tells of a bug.
    static void ThrowUnless(bool isCompleted)
    {
        if (!isCompleted)
            throw new InvalidOperationException("A synchronous call came to an asynchronous wait. This is a bug of ReadOnlyGuard's: please report it.");
    }
}
