namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// A thread that work may block. It is kept for a while: the check of a server that is well takes less time than the start of a thread.
/// </summary>
sealed class WorkThread
{
    const int StackBytes = 1 << 20;
    static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    // The last to come is the next to go, so that those which are not needed grow old.
    static readonly List<WorkThread> Idle = [];

    Action? _work;

    WorkThread(Action work) => _work = work;

    /// <summary>Begins the work, at once. The caller's transaction, activity and culture do not flow into it.</summary>
    public static void Start(string name, Action work)
    {
        void Named()
        {
            Thread.CurrentThread.Name = "ReadOnlyGuard " + name;
            work();
        }
        if (TakeIdle() is { } idle)
            idle.GoOnWith(Named);
        else
            new Thread(new WorkThread(Named).Run, StackBytes) { IsBackground = true }.UnsafeStart();
    }

    static WorkThread? TakeIdle()
    {
        lock (Idle)
        {
            if (Idle.Count == 0)
                return null;
            var last = Idle[^1];
            Idle.RemoveAt(Idle.Count - 1);
            return last;
        }
    }

    void GoOnWith(Action work)
    {
        lock (this)
        {
            _work = work;
            Monitor.Pulse(this);
        }
    }

    void Run()
    {
        var unused = ExecutionContext.Capture()!;
        do
        {
            try
            {
                _work!();
            }
            catch (Exception)
            {
                // A logger or meter listener of the application's threw: no reason to end its process. Outcomes are published before.
            }
            _work = null;
            ExecutionContext.Restore(unused);
        }
        while (IsWantedAgain());
    }

    bool IsWantedAgain()
    {
        lock (Idle)
            Idle.Add(this);
        while (true)
        {
            lock (this)
            {
                if (_work is not null || Monitor.Wait(this, KeptFor) && _work is not null)
                    return true;
            }
            lock (Idle)
                if (Idle.Remove(this))
                    return false;
            // It was taken at the last moment: its work is on the way.
        }
    }
}
