using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>Writers that each save one numbered order after the other until they are stopped, and a ledger of what was acknowledged.</summary>
sealed class ContextWriters : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<(int Writer, int Number)> _acknowledged = [];
    readonly ConcurrentQueue<((int Writer, int Number) Order, Exception Error)> _failures = new();
    readonly Task _running;

    ContextWriters(Func<Order, Task> save, int writers)
        => _running = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => RunAsync(writer, save))));

    /// <summary>Each order in a context of its own.</summary>
    public static ContextWriters Start(Func<Shop> context, bool async = true, int writers = 8) => new(
        async order =>
        {
            await using var shop = context();
            shop.Orders.Add(order);
            if (async)
                await shop.SaveChangesAsync();
            else
                shop.SaveChanges();
        },
        writers);

    /// <summary>Each order saved by an operation of the test's.</summary>
    public static ContextWriters Start(Func<Order, Task> save, int writers = 8) => new(save, writers);

    public int Failed => _failures.Count;

    public Task SavedAsync(int more)
    {
        var until = _acknowledged.Count + more;
        return Eventually.HoldsAsync(() => _acknowledged.Count >= until, $"{more} more orders", TimeSpan.FromSeconds(40));
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Every order that was acknowledged is there once; none failed but with an unknown outcome, and those are there once or not.</summary>
    public async Task AssertNothingIsLostAsync(PostgresServer primary)
    {
        Assert.All(_failures, failure => Assert.IsType<CommitOutcomeUnknownException>(failure.Error));
        var there = new Dictionary<(int, int), int>();
        await using var source = NpgsqlDataSource.Create(primary.ConnectionString());
        await using var reader = await source.CreateCommand("""select "Writer", "Number" from "Orders" """).ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var order = (reader.GetInt32(0), reader.GetInt32(1));
            there[order] = there.GetValueOrDefault(order) + 1;
        }
        Assert.All(there, order => Assert.Equal(1, order.Value));
        Assert.All(_acknowledged, order => Assert.True(there.ContainsKey(order)));
        Assert.Empty(there.Keys.Except(_acknowledged).Except(_failures.Select(failure => failure.Order)));
    }

    async Task RunAsync(int writer, Func<Order, Task> save)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                await save(new Order { Writer = writer, Number = number });
                _acknowledged.Add((writer, number));
            }
            catch (Exception e)
            {
                _failures.Enqueue(((writer, number), e));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
