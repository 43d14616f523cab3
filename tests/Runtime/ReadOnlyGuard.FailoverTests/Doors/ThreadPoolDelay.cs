using System.Diagnostics;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>How long work that has nothing to do with the database waits for a thread of the pool: asked every few milliseconds.</summary>
sealed class ThreadPoolDelay : IDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    readonly Thread _asking;
    readonly ManualResetEventSlim _stop = new();
    long _longest;

    public ThreadPoolDelay()
    {
        _asking = new Thread(Ask) { IsBackground = true };
        _asking.Start();
    }

    public TimeSpan Longest => TimeSpan.FromTicks(Volatile.Read(ref _longest));

    void Ask()
    {
        using var ran = new SemaphoreSlim(0);
        while (!_stop.Wait(Interval))
        {
            var queued = Stopwatch.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                _longest = Math.Max(_longest, Stopwatch.GetElapsedTime(queued).Ticks);
                ran.Release();
            }, null);
            ran.Wait();
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _asking.Join();
        _stop.Dispose();
    }
}
