using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Sums what the guard's meter counted since this was created. Scenarios run one at a time, so it is theirs alone.</summary>
sealed class GuardMeter : IDisposable
{
    readonly MeterListener _listener = new();
    readonly ConcurrentDictionary<string, long> _sums = new();
    readonly ConcurrentBag<string> _tags = [];
    readonly long _readOnlyErrorsBefore;

    public GuardMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ReadOnlyGuard")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.IsObservable)
            {
                // It tells the sum since the process began.
                _sums[instrument.Name] = value;
                return;
            }
            _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            foreach (var tag in tags)
            {
                _tags.Add($"{tag.Key}={tag.Value}");
                if (tag.Key == "outcome")
                    _sums.AddOrUpdate($"{instrument.Name}/{tag.Value}", value, (_, sum) => sum + value);
            }
        });
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => SearchSeconds += seconds);
        _listener.Start();
        _readOnlyErrorsBefore = Observed("readonlyguard.read_only_errors");
    }

    public long Checks => Sum("readonlyguard.checks");
    public long PoolClears => Sum("readonlyguard.pool_clears");
    public long Searches => Sum("readonlyguard.searches");
    public long ReadOnlyErrors => Observed("readonlyguard.read_only_errors") - _readOnlyErrorsBefore;
    public long RentsFailed => Sum("readonlyguard.rents.failed");
    public long RentsWaiting => Sum("readonlyguard.rents.waiting");
    /// <summary>The only measurement in seconds: how long searches took. One search runs at a time.</summary>
    public double SearchSeconds { get; private set; }

    public IEnumerable<string> Tags => _tags;

    public long ChecksThatFound(string outcome) => Sum("readonlyguard.checks/" + outcome);

    public long Requests(string outcome) => Sum("readonlyguard.requests/" + outcome);

    long Observed(string name)
    {
        _listener.RecordObservableInstruments();
        return Sum(name);
    }

    long Sum(string name) => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}
