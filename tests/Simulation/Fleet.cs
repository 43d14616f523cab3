using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Simulation;

/// <summary>
/// Processes that lose their primary and ask the server that will replace it, each for itself and one attempt at a time, until it can be
/// written to. The server answers every attempt in the same time, however many there are: what is counted is what the processes ask for.
/// </summary>
sealed class Fleet
{
    static readonly TimeSpan NoticedWithin = TimeSpan.FromMilliseconds(100), Answer = TimeSpan.FromMilliseconds(2);

    readonly VirtualTime _time = new();
    readonly Clock _clock;
    readonly Random _random;
    readonly Policy _policy;
    readonly TimeSpan _outage;
    readonly Burden _burden;

    Fleet(Policy policy, int processes, TimeSpan outage, int seed)
    {
        (_policy, _outage, _clock, _random) = (policy, outage, new Clock(_time), new Random(seed));
        _burden = new Burden(processes, outage);
        for (var i = 0; i < processes; i++)
            _time.After(NoticedWithin * _random.NextDouble(), BeginSearch);
        _time.Run();
    }

    /// <param name="processes">How many; each notices the loss at its own moment in the first 100 ms.</param>
    /// <param name="outage">From the loss until the new primary can be written to.</param>
    public static Burden Simulate(Policy policy, int processes, TimeSpan outage, int seed)
        => new Fleet(policy, processes, outage, seed)._burden;

    void BeginSearch()
    {
        var began = _clock.Milliseconds;
        var failed = 0;
        Ask();

        void Ask()
        {
            _burden.Asked(_time.Now);
            var writable = _time.Now >= _outage;
            _time.After(Answer, () =>
            {
                if (writable)
                    _burden.Found(_time.Now);
                else
                    _time.After(_policy.Delay(++failed, _clock.Since(began), _random.NextDouble()), Ask);
            });
        }
    }
}
