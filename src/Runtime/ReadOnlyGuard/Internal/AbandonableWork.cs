namespace ReadOnlyGuard.Internal;

/// <summary>
/// Synchronous work on a thread of its own. It needs no free thread-pool thread (in a failover they may all be blocked in synchronous
/// rents), and whoever started it can stop waiting: Npgsql's own cancellation opens a second connection and can hang on a frozen
/// server, so a late check is abandoned instead, and ends by itself, at its command timeout. Asynchronous rents have theirs done so too:
/// Npgsql does not cancel the first command of a connection that was used before (the reset goes out with it), and the command timeout
/// of an asynchronous one blocks a thread of the thread pool.
/// </summary>
static class AbandonableWork
{
    /// <summary>Begins the work, and leaves it alone.</summary>
    public static void Start(string name, Action work) => WorkThread.Start(name, work);

    /// <summary>The same, for one who waits for the outcome without blocking, for as long as that one likes.</summary>
    public static Task<T> StartAsync<T>(string name, Func<T> work)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkThread.Start(name, () =>
        {
            try
            {
                outcome.SetResult(work());
            }
            catch (Exception e)
            {
                outcome.SetException(e);
            }
        });
        return outcome.Task;
    }

    /// <summary>Runs <paramref name="work"/>, which must not throw; a synchronous caller waits on its own thread.</summary>
    /// <returns>The outcome, or <paramref name="late"/> if it did not come in time.</returns>
    public static async ValueTask<T> RunAsync<T>(string name, Func<T> work, TimeSpan timeout, T late, bool async)
    {
        if (!async)
            return Run(name, work, timeout, late, whenAbandoned: static () => { });
        try
        {
            return await StartAsync(name, work).WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return late;
        }
    }

    /// <summary>Runs <paramref name="work"/>, which must not throw, and waits for it.</summary>
    /// <param name="whenAbandoned">Runs on the thread once the work ends that nobody waits for any more.</param>
    /// <returns>The outcome, or <paramref name="late"/> if it did not come in time.</returns>
    public static T Run<T>(string name, Func<T> work, TimeSpan timeout, T late, Action whenAbandoned)
    {
        var gate = new object();
        var (ended, abandoned, outcome) = (false, false, late);
        Start(name, () =>
        {
            var result = work();
            lock (gate)
            {
                ended = true;
                outcome = result;
                Monitor.Pulse(gate);
                if (!abandoned)
                    return;
            }
            whenAbandoned();
        });

        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (gate)
        {
            while (!ended && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(gate, TimeSpan.FromMilliseconds(Math.Min(left, int.MaxValue)));
            abandoned = !ended;
            return ended ? outcome : late;
        }
    }
}
