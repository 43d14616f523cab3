using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// Five hundred rents wait through an outage: one host accepts connections and ends them, the other is a standby until it is promoted.
/// A balancer before each counts what arrives.
/// </summary>
public sealed class StormThroughAnOutage : IAsyncLifetime
{
    const int Rents = 500, PoolSize = 50;

    ReplicatedPair _pair = null!;
    LaggingBalancer _dead = null!, _survivor = null!;
    WritableDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        (_dead, _survivor) = (new(_pair.Primary), new(_pair.Standby));
        var settings = new NpgsqlConnectionStringBuilder(_dead.ConnectionString(c => c.MaxPoolSize = PoolSize))
        {
            Host = $"127.0.0.1:{_dead.Port},127.0.0.1:{_survivor.Port}",
        };
        // Npgsql 10 connects for a second time, without it, where a connection ends unanswered.
        if (settings.ContainsKey("GSS Encryption Mode"))
            settings["GSS Encryption Mode"] = "Disable";
        _source = WritableDataSource.Create(settings.ConnectionString, options => options.FailoverTimeout = TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _survivor.DisposeAsync();
        await _dead.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Theory]
    // Both go on past the eager seconds of the backoff.
    [InlineData(20, true)]
    [InlineData(7, false)]
    public async Task Costs_one_search_and_the_attempts_of_one_process_and_ends_within_a_second(int outageSeconds, bool async)
    {
        await LoseThePrimaryAsync();
        using var meter = new GuardMeter();
        var (dead, survivor) = (_dead.Accepted, _survivor.Accepted);
        var outage = Stopwatch.StartNew();

        var storm = new Storm(_source, async);
        await Eventually.HoldsAsync(() => meter.RentsWaiting >= Rents, "all rents to wait");
        await Task.Delay(TimeSpan.FromSeconds(outageSeconds / 2.0));
        var halfway = GC.GetTotalMemory(forceFullCollection: true);
        await Task.Delay(TimeSpan.FromSeconds(outageSeconds / 2.0));
        var growth = GC.GetTotalMemory(forceFullCollection: true) - halfway;
        Assert.Empty(storm.Served);

        var (asked, attempts) = (_survivor.Accepted, MostAttemptsWithin(outage.Elapsed));
        Assert.InRange(asked - survivor, 1, attempts);
        await _pair.PromoteStandbyAsync();
        var recovered = Stopwatch.GetTimestamp();
        await storm.Ended;

        Assert.Equal(1, meter.Searches);
        Assert.InRange(_dead.Accepted - dead, 1, MostAttemptsWithin(outage.Elapsed));
        Assert.InRange(growth, long.MinValue, 512 * 1024);
        Assert.Equal(Rents, storm.Served.Count);
        Assert.All(storm.Served, rent => Assert.InRange(Stopwatch.GetElapsedTime(recovered, rent.At), TimeSpan.MinValue, TimeSpan.FromSeconds(1)));
        // What comes on top is the pool, and the attempt under way when the count was taken.
        Assert.InRange(_survivor.Accepted - asked, 1, MostAttemptsWithin(outage.Elapsed) - attempts + PoolSize + 1);
        Assert.InRange(storm.Served.Select(rent => rent.Backend).Distinct().Count(), 1, PoolSize);
        Assert.Equal(0, meter.RentsWaiting);
    }

    async Task LoseThePrimaryAsync()
    {
        await using var rented = await _source.OpenConnectionAsync();
        await _pair.Primary.StopAsync();
        await using var use = new NpgsqlCommand("select 1", rented);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => use.ExecuteScalarAsync());
    }

    /// <summary>As many attempts on one host as the shortest delays of the backoff allow.</summary>
    static int MostAttemptsWithin(TimeSpan time)
    {
        var attempts = 0;
        for (var at = TimeSpan.Zero; at < time; at += Backoff.Delay(attempts, at, random: 0))
            attempts++;
        return attempts;
    }

    /// <summary>Rents that all begin at once, each using its connection for one command.</summary>
    sealed class Storm
    {
        public Storm(WritableDataSource source, bool async)
            => Ended = Task.WhenAll(Enumerable.Range(0, Rents).Select(_ => async ? RentAsync(source) : OnAThread(() => Rent(source))));

        public Task Ended { get; }

        public ConcurrentBag<(int Backend, long At)> Served { get; } = [];

        async Task RentAsync(WritableDataSource source)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var use = new NpgsqlCommand("select pg_backend_pid()", connection);
            Served.Add(((int)(await use.ExecuteScalarAsync())!, Stopwatch.GetTimestamp()));
        }

        void Rent(WritableDataSource source)
        {
            using var connection = source.OpenConnection();
            using var use = new NpgsqlCommand("select pg_backend_pid()", connection);
            Served.Add(((int)use.ExecuteScalar()!, Stopwatch.GetTimestamp()));
        }

        static Task OnAThread(Action work)
            => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
