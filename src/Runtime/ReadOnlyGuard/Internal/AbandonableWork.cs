namespace ReadOnlyGuard.Internal;

/// <summary>
/// Synchronous work on a thread of its own. It needs no free thread-pool thread (in a failover they may all be blocked in synchronous
/// rents), and whoever started it can stop waiting: Npgsql's own cancellation opens a second connection and can hang on a frozen
/// server, so a late check is abandoned instead, and ends by itself.
/// </summary>
static class AbandonableWork
{
    const int StackBytes = 1 << 20;

    /// <summary>The caller's transaction, activity and culture do not flow into the thread.</summary>
    public static void Start(string name, Action work)
        => new Thread(() => Run(work), StackBytes) { IsBackground = true, Name = "ReadOnlyGuard " + name }.UnsafeStart();

    static void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception)
        {
            // A logger or meter listener of the application's threw: no reason to end its process. Outcomes are published before.
        }
    }

    /// <summary>Runs <paramref name="work"/>, which must not throw; a synchronous caller waits on its own thread.</summary>
    /// <returns>The outcome, or <paramref name="late"/> if it did not come in time.</returns>
    public static async ValueTask<T> RunAsync<T>(string name, Func<T> work, TimeSpan timeout, T late, bool async)
    {
        if (!async)
            return Run(name, work, timeout, late, whenAbandoned: static () => { });
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(name, () => outcome.SetResult(work()));
        try
        {
            return await outcome.Task.WaitAsync(timeout).ConfigureAwait(false);
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
