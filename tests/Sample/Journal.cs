using System.Text.Json;

namespace Ledger;

/// <summary>What was acknowledged and what failed, and when: told in slices while it happens, and in total at the end.</summary>
sealed class Journal
{
    static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    readonly Lock _lock = new();
    readonly SortedDictionary<int, List<long>> _numbers = [];
    List<double> _acknowledged = [], _failed = [];
    string? _error;

    // Milliseconds of the machine's clock, which whoever reads this compares with events of its own.
    static double Now => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;

    public void Acknowledged(int writer, long number)
    {
        lock (_lock)
        {
            _acknowledged.Add(Now);
            if (!_numbers.TryGetValue(writer, out var numbers))
                _numbers[writer] = numbers = [];
            numbers.Add(number);
        }
    }

    public void Failed(string error)
    {
        lock (_lock)
        {
            _failed.Add(Now);
            _error = error;
        }
    }

    public async Task TellAsync(TextWriter output, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Slice);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                TellSlice(output);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>The numbers of each writer that were acknowledged, as runs from … to.</summary>
    public void TellTotal(TextWriter output)
    {
        TellSlice(output);
        output.WriteLine(JsonSerializer.Serialize(new { total = _numbers.ToDictionary(writer => writer.Key, writer => Runs(writer.Value)) }));
    }

    void TellSlice(TextWriter output)
    {
        (List<double> Acknowledged, List<double> Failed, string? Error) slice;
        lock (_lock)
        {
            slice = (_acknowledged, _failed, _error);
            (_acknowledged, _failed, _error) = ([], [], null);
        }

        output.WriteLine(JsonSerializer.Serialize(new { acknowledged = slice.Acknowledged, failed = slice.Failed, error = slice.Error }));
    }

    static List<long[]> Runs(List<long> numbers)
    {
        List<long[]> runs = [];
        foreach (var number in numbers)
        {
            if (runs.Count > 0 && runs[^1][1] == number - 1)
                runs[^1][1] = number;
            else
                runs.Add([number, number]);
        }

        return runs;
    }
}
