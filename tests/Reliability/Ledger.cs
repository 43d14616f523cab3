using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Reliability;

/// <summary>An insert that was reported as done. Moments are timestamps of the stopwatch.</summary>
readonly record struct Row(int Writer, int Number, long Began, long Acknowledged);

readonly record struct Failure(long At, Exception Error);

/// <summary>Writers that insert one numbered row after the other, and what was reported of each: done, failed or unknown.</summary>
sealed class Ledger : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<Row> _rows = new();
    readonly ConcurrentQueue<Failure> _failures = new();
    readonly Task _running;

    public Ledger(int firstWriter, int writers, TimeSpan pause, Func<int, int, Task> write)
        => _running = Task.WhenAll(Enumerable.Range(firstWriter, writers).Select(writer => Task.Run(() => RunAsync(writer, pause, write))));

    public IReadOnlyCollection<Row> Rows => _rows;

    public IReadOnlyCollection<Failure> Failures => _failures;

    // Without constraints: a row that was written twice is there twice.
    public static Task CreateTableAsync(PostgresServer primary) => primary.ExecuteAsync("create table ledger (writer int, number int)");

    public static async Task InsertAsync(NpgsqlConnection connection, int writer, int number, CancellationToken cancellationToken = default)
    {
        await using var insert = new NpgsqlCommand("insert into ledger values ($1, $2)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = number } },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How often each row is on a server.</summary>
    public static async Task<Dictionary<(int Writer, int Number), int>> OnAsync(PostgresServer server)
    {
        var found = new Dictionary<(int, int), int>();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using var reader = await source.CreateCommand("select writer, number from ledger").ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found[(reader.GetInt32(0), reader.GetInt32(1))] = found.GetValueOrDefault((reader.GetInt32(0), reader.GetInt32(1))) + 1;
        return found;
    }

    public Task WroteAsync(int more)
    {
        var until = _rows.Count + more;
        return Eventually.HoldsAsync(() => _rows.Count >= until, $"{more} more inserts", TimeSpan.FromSeconds(60));
    }

    /// <summary>The longest time between two acknowledged inserts of all writers together.</summary>
    public TimeSpan LongestGap()
    {
        var moments = _rows.Select(row => row.Acknowledged).Order().ToArray();
        return Stopwatch.GetElapsedTime(0, moments.Zip(moments.Skip(1), (before, after) => after - before).DefaultIfEmpty().Max());
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    async Task RunAsync(int writer, TimeSpan pause, Func<int, int, Task> write)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await write(writer, number);
                _rows.Enqueue(new(writer, number, began, Stopwatch.GetTimestamp()));
            }
            catch (Exception e)
            {
                _failures.Enqueue(new(Stopwatch.GetTimestamp(), e));
            }
            await Task.Delay(pause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
