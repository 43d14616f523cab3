using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Writers that each insert one numbered row after the other until they are stopped, and a ledger of what was acknowledged.</summary>
sealed class Writers : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<Row> _acknowledged = [];
    readonly ConcurrentQueue<Failure> _failures = new();
    readonly Task _running;

    /// <summary>An insert that was reported as done; the moments are timestamps of the stopwatch.</summary>
    public readonly record struct Row(int Writer, int Number, long RentedAt, long At);

    public sealed record Failure(int Writer, long At, Exception Error);

    Writers(int writers, Func<int, int, Task> write, bool onThreads = false)
        => _running = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => onThreads
            // A long-running task has a thread of its own, and what is synchronous throughout stays on it.
            ? Task.Factory.StartNew(() => RunAsync(writer, write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()
            : Task.Run(() => RunAsync(writer, write))));

    public static async Task CreateTableAsync(PostgresEndpoint primary)
        => await primary.ExecuteAsync("create table ledger (writer int, number int, primary key (writer, number))");

    /// <summary>Starts them; each renting from <paramref name="source"/> with OpenConnectionAsync for every insert.</summary>
    public static Writers Start(WritableDataSource source, int writers = 8)
        => new(writers, async (writer, number) =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await InsertAsync(connection, writer, number);
        });

    /// <summary>Starts them; each writing with ExecuteInTransactionAsync.</summary>
    public static Writers StartTransactions(WritableDataSource source, WriteTransactionOptions? options = null, int writers = 8)
        => new(writers, (writer, number) =>
            source.ExecuteInTransactionAsync((connection, _) => InsertAsync(connection, writer, number), options));

    /// <summary>Starts them; each opening what <paramref name="open"/> gives it for every insert, on a thread of the pool or on its own.</summary>
    public static Writers Start(Func<bool, ValueTask<NpgsqlConnection>> open, bool onThreads, int writers = 8)
        => new(writers, async (writer, number) =>
        {
            await using var connection = await open(!onThreads);
            if (onThreads)
                Insert(connection, writer, number);
            else
                await InsertAsync(connection, writer, number);
        }, onThreads);

    static void Insert(NpgsqlConnection connection, int writer, int number)
    {
        using var insert = new NpgsqlCommand("insert into ledger values ($1, $2)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = number } },
        };
        insert.ExecuteNonQuery();
    }

    /// <summary>Starts them; each doing this for every insert.</summary>
    public static Writers Start(Func<int, int, Task> write, int writers = 8) => new(writers, write);

    public static async Task InsertAsync(NpgsqlConnection connection, int writer, int number)
    {
        await using var insert = new NpgsqlCommand("insert into ledger values ($1, $2)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = number } },
        };
        await insert.ExecuteNonQueryAsync();
    }

    public int Acknowledged => _acknowledged.Count;
    public IReadOnlyCollection<Failure> Failures => _failures;

    /// <summary>When the first insert was acknowledged after a moment; both are timestamps of the stopwatch.</summary>
    public long FirstSuccessAfter(long moment) => _acknowledged.Where(row => row.At > moment).Min(row => row.At);

    /// <summary>Waits until as many more inserts have been acknowledged.</summary>
    public Task WroteAsync(int more)
    {
        var until = Acknowledged + more;
        return Eventually.HoldsAsync(() => Acknowledged >= until, $"{more} more inserts", TimeSpan.FromSeconds(40));
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>The acknowledged inserts that are not on this server.</summary>
    public async Task<IReadOnlyList<Row>> LostAsync(PostgresEndpoint primary)
    {
        var there = new HashSet<(int, int)>();
        await using var source = NpgsqlDataSource.Create(primary.ConnectionString());
        await using var reader = await source.CreateCommand("select writer, number from ledger").ExecuteReaderAsync();
        while (await reader.ReadAsync())
            there.Add((reader.GetInt32(0), reader.GetInt32(1)));
        return [.. _acknowledged.Where(row => !there.Contains((row.Writer, row.Number)))];
    }

    async Task RunAsync(int writer, Func<int, int, Task> write)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var rentedAt = Stopwatch.GetTimestamp();
            try
            {
                await write(writer, number);
                _acknowledged.Add(new(writer, number, rentedAt, Stopwatch.GetTimestamp()));
            }
            catch (Exception e)
            {
                _failures.Enqueue(new(writer, Stopwatch.GetTimestamp(), e));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
