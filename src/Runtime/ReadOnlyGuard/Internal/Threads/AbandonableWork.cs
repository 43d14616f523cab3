namespace ReadOnlyGuard.Internal.Threads;

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

    /// <summary>Begins work that opens connections, synchronously on a thread of its own, or asynchronously on the thread pool.</summary>
    /// <param name="work">Is told which; synchronously, it completes before it returns.</param>
    public static void Start(string name, bool async, Func<bool, ValueTask> work)
    {
        if (async)
            ThreadPool.UnsafeQueueUserWorkItem(static work => _ = EndAsync(work), work, preferLocal: false);
        else
            WorkThread.Start(name, () => work(false).Completed());

        static async Task EndAsync(Func<bool, ValueTask> work)
        {
            try
            {
                await work(true).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // A logger or meter listener of the application's threw: no reason to end its process. Outcomes are published before.
            }
        }
    }

    /// <summary>A synchronous part of such work, on a thread of its own where the rest of it is asynchronous.</summary>
    public static async ValueTask<T> PartAsync<T>(string name, bool async, Func<T> part)
    {
        if (!async)
            return part();
        return await StartAsync(name, () =>
        {
            OwnTraffic.Begin();
            return part();
        }).ConfigureAwait(false);
    }

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
            return Run(name, work, timeout, late, whenAbandoned: static _ => { });
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
    /// <param name="whenAbandoned">Gets the outcome, on the thread, once the work ends that nobody waits for any more.</param>
    /// <returns>The outcome, or <paramref name="late"/> if it did not come in time.</returns>
    public static T Run<T>(string name, Func<T> work, TimeSpan timeout, T late, Action<T> whenAbandoned)
        => Run(name, async: false, _ => new(work()), timeout, late, whenAbandoned);

    /// <summary>The same for work that opens connections, which a caller on a thread of the guard's own waits for.</summary>
    public static T Run<T>(string name, bool async, Func<bool, ValueTask<T>> work, TimeSpan timeout, T late, Action<T> whenAbandoned)
    {
        var gate = new object();
        var (ended, abandoned, outcome) = (false, false, late);
        Start(name, async, async isAsync =>
        {
            var result = await work(isAsync).ConfigureAwait(false);
            lock (gate)
            {
                ended = true;
                outcome = result;
                Monitor.Pulse(gate);
                if (!abandoned)
                    return;
            }
            whenAbandoned(result);
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
