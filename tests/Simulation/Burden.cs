namespace ReadOnlyGuard.Simulation;

/// <summary>What a fleet asks of the new primary, and how soon it finds it.</summary>
/// <param name="processes">How many the fleet has.</param>
/// <param name="outage">Whole seconds, until the server can be written to.</param>
sealed class Burden(int processes, TimeSpan outage)
{
    static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(10);
    const int InstantsOfASecond = 100;

    readonly List<int> _attempts = [];
    readonly List<TimeSpan> _found = [];

    public void Asked(TimeSpan at)
    {
        var instant = (int)(at / Instant);
        while (_attempts.Count <= instant)
            _attempts.Add(0);
        _attempts[instant]++;
    }

    public void Found(TimeSpan at) => _found.Add(at - outage);

    public double AttemptsOfAProcess => (double)_attempts.Sum() / processes;

    /// <summary>Attempts in the second of the outage that had most of them.</summary>
    public int BusiestSecond => Outage.Chunk(InstantsOfASecond).Max(second => second.Sum());

    /// <summary>Attempts in the last second of the outage.</summary>
    public int LastSecond => Outage.TakeLast(InstantsOfASecond).Sum();

    /// <summary>Attempts in those 10 ms that had most of them, in the first 100 ms in which the server can be written to.</summary>
    public int BusiestInstantAfter => _attempts.Skip((int)(outage / Instant)).Take(10).DefaultIfEmpty().Max();

    /// <summary>From the moment the server can be written to until half of the processes have found it.</summary>
    public TimeSpan MedianFound => _found[_found.Count / 2];

    /// <summary>The same, until all of them have.</summary>
    public TimeSpan LastFound => _found[^1];

    IEnumerable<int> Outage => _attempts.Take((int)(outage / Instant));
}
