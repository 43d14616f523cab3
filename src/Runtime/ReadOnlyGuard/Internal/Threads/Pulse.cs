namespace ReadOnlyGuard.Internal.Threads;

/// <summary>Something that is to be looked after from time to time.</summary>
interface IPulsed
{
    /// <summary>Between two ticks.</summary>
    TimeSpan Interval { get; }

    /// <summary>On the pulse's thread, which must not be kept.</summary>
    /// <returns><see langword="false"/> if it has ended.</returns>
    bool Tick();
}

/// <summary>One thread that ticks for all of the process that are looked after, as long as there is one.</summary>
static class Pulse
{
    static readonly object Gate = new();
    static readonly List<Entry> Beating = [];
    static bool s_running;

    public static void Add(IPulsed pulsed)
    {
        lock (Gate)
        {
            Beating.Add(new(pulsed));
            if (s_running)
            {
                Monitor.Pulse(Gate);
                return;
            }
            WorkThread.Start("pulse", Run);
            s_running = true;
        }
    }

    /// <summary>From one start to its end; it may have been started again by then.</summary>
    sealed class Entry(IPulsed pulsed)
    {
        public IPulsed Pulsed { get; } = pulsed;

        /// <summary>The first at once: a server must be known before it can be told from another behind the same address.</summary>
        public long Due { get; set; } = Environment.TickCount64;
    }

    static void Run()
    {
        OwnTraffic.Begin();
        var due = new List<Entry>();
        while (true)
        {
            lock (Gate)
            {
                if (Beating.Count == 0)
                {
                    s_running = false;
                    return;
                }
                var wait = Beating.Min(beating => beating.Due) - Environment.TickCount64;
                if (wait > 0)
                {
                    Monitor.Wait(Gate, (int)Math.Min(wait, int.MaxValue));
                    continue;
                }
                due.Clear();
                foreach (var beating in Beating)
                    if (beating.Due <= Environment.TickCount64)
                    {
                        due.Add(beating);
                        beating.Due = Environment.TickCount64 + (long)beating.Pulsed.Interval.TotalMilliseconds;
                    }
            }
            foreach (var beating in due)
                if (!Ticks(beating.Pulsed))
                    lock (Gate)
                        Beating.Remove(beating);
        }
    }

    static bool Ticks(IPulsed pulsed)
    {
        try
        {
            return pulsed.Tick();
        }
        catch (Exception)
        {
            // A logger or meter listener of the application's threw at the news. The others go on.
            return true;
        }
    }
}
