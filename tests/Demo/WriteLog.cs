using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReadOnlyGuard.Demo;

/// <summary>What a running application has said of its writes, by <see cref="Clock"/>.</summary>
sealed class WriteLog
{
    readonly Lock _lock = new();
    readonly List<double> _acknowledged = [], _failed = [];
    Dictionary<int, long[][]> _runs = [];

    public string? LastError { get; private set; }

    public IReadOnlyList<double> Acknowledged => Copy(_acknowledged);
    public IReadOnlyList<double> Failed => Copy(_failed);

    /// <summary>Every acknowledged write; complete once the application has ended.</summary>
    public IEnumerable<(int Writer, long Number)> AcknowledgedWrites =>
        from writer in _runs
        from run in writer.Value
        from offset in Enumerable.Range(0, (int)(run[1] - run[0] + 1))
        select (writer.Key, run[0] + offset);

    public void Add(string line)
    {
        var told = JsonSerializer.Deserialize<Line>(line, JsonSerializerOptions.Web)!;
        lock (_lock)
        {
            _acknowledged.AddRange(told.Acknowledged ?? []);
            _failed.AddRange(told.Failed ?? []);
            LastError = told.Error ?? LastError;
            _runs = told.Total ?? _runs;
        }
    }

    double[] Copy(List<double> times)
    {
        lock (_lock)
            return [.. times];
    }

    sealed record Line(
        [property: JsonPropertyName("acknowledged")] double[]? Acknowledged,
        [property: JsonPropertyName("failed")] double[]? Failed,
        [property: JsonPropertyName("error")] string? Error,
        [property: JsonPropertyName("total")] Dictionary<int, long[][]>? Total);
}
