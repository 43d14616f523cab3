namespace ReadOnlyGuard.Internal.Doors;

/// <summary>One thread that ticks for all heartbeats of the process, as long as there is one.</summary>
static class Pulse
{
    static readonly object Gate = new();
    static readonly List<Entry> Beating = [];
    static bool s_running;

    public static void Add(Heartbeat heartbeat)
    {
        lock (Gate)
        {
            Beating.Add(new(heartbeat));
            if (s_running)
            {
                Monitor.Pulse(Gate);
                return;
            }
            WorkThread.Start("heartbeat", Run);
            s_running = true;
        }
    }

    /// <summary>From one start of a heartbeat to its end; it may have been started again by then.</summary>
    sealed class Entry(Heartbeat heartbeat)
    {
        public Heartbeat Heartbeat { get; } = heartbeat;

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
                        beating.Due = Environment.TickCount64 + (long)beating.Heartbeat.Interval.TotalMilliseconds;
                    }
            }
            foreach (var beating in due)
                if (!Ticks(beating.Heartbeat))
                    lock (Gate)
                        Beating.Remove(beating);
        }
    }

    static bool Ticks(Heartbeat heartbeat)
    {
        try
        {
            return heartbeat.Tick();
        }
        catch (Exception)
        {
            // A logger or meter listener of the application's threw at the news. The others' hearts go on.
            return true;
        }
    }
}
