using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>
/// The one law of guarded transactions, under random faults: what is reported as success is in the table exactly once, what is
/// reported as failure is not there, and only an unknown outcome may be either.
/// </summary>
/// <remarks>
/// READONLYGUARD_SCHEDULES says how many schedules run. A schedule that breaks the law is printed with its seed; CsCheck_Seed runs it
/// again.
/// </remarks>
[Trait("Core", "yes")]
public sealed class OneLaw(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>What happens in front of one request of a transaction.</summary>
    public enum Blow
    {
        CutBefore,
        CutAfter,
        TerminateBackends,
        Silence,
        ReadOnly,
        Freeze,
        Crash,
    }

    public enum Mode
    {
        Throw,
        Resolve,
        Verify,
    }

    /// <summary>One transaction, and the requests at which it is hit, counted over all its runs and what the guard asks for it.</summary>
    public sealed record Schedule(Mode Mode, bool Async, (int Request, Blow Blow)[] Blows)
    {
        public override string ToString() => $"{Mode} {(Async ? "async" : "sync")} [{string.Join(", ", Blows)}]";
    }

    static readonly int Schedules = int.Parse(Environment.GetEnvironmentVariable("READONLYGUARD_SCHEDULES") ?? "300", CultureInfo.InvariantCulture);
    static readonly TimeSpan Spell = TimeSpan.FromMilliseconds(50);

    static readonly Gen<Blow> Blows = Gen.Frequency(
        (30, Gen.Const(Blow.CutBefore)), (30, Gen.Const(Blow.CutAfter)), (20, Gen.Const(Blow.TerminateBackends)),
        (6, Gen.Const(Blow.ReadOnly)), (6, Gen.Const(Blow.Freeze)), (5, Gen.Const(Blow.Crash)), (3, Gen.Const(Blow.Silence)));

    static readonly Gen<Schedule> AnySchedule = Gen.Select(
        Gen.Enum<Mode>(), Gen.Bool, Gen.Select(Gen.Int[0, 7], Blows).Array[1, 3],
        (mode, async, blows) => new Schedule(mode, async, blows));

    readonly ConcurrentDictionary<string, int> _outcomes = new();
    readonly ConcurrentDictionary<int, (Schedule Schedule, int Least, int Most)> _promised = new();
    readonly SemaphoreSlim _striking = new(1);
    PostgresServer _server = null!;
    FaultyLink _link = null!;
    WritableDataSource _source = null!;
    int _transactions;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        await Ledger.CreateAsync(_server);
        _link = new(_server);
        // The command timeout ends the silences.
        _source = WritableDataSource.Create(_link.ConnectionString(c => (c.Timeout, c.CommandTimeout) = (2, 1)), o => o.CheckTimeout = TimeSpan.FromSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
        _striking.Dispose();
    }

    [Fact]
    public async Task Holds_whatever_strikes_at_whatever_request()
    {
        await AnySchedule.SampleAsync(RunAsync, iter: Schedules, threads: 1);

        // Once more when all is over: nothing that was told as failed came true later.
        foreach (var (id, (schedule, least, most)) in _promised)
            await HoldsAsync(id, schedule, least, most);
        output.WriteLine($"{_transactions} schedules: {string.Join(", ", _outcomes.OrderBy(o => o.Key).Select(o => $"{o.Key} {o.Value}"))}");
    }

    async Task RunAsync(Schedule schedule)
    {
        var id = Interlocked.Increment(ref _transactions);
        var strikes = new Strikes();
        Arm(schedule, strikes);
        Exception? failure;
        try
        {
            failure = await Record.ExceptionAsync(() => _source.RunAsync(schedule.Async, connection => Ledger.WriteAsync(connection, id), Options(schedule.Mode, id)));
        }
        finally
        {
            _link.Plan = _ => new(Fault.None);
            await strikes.EndAsync();
        }

        var (outcome, least, most) = failure switch
        {
            null => ("succeeded", 1, 1),
            CommitOutcomeUnknownException => ("unknown", 0, 1),
            _ => ("failed with " + failure.GetType().Name, 0, 0),
        };
        _outcomes.AddOrUpdate($"{schedule.Mode} {outcome}", 1, (_, n) => n + 1);
        _promised[id] = (schedule, least, most);
        await HoldsAsync(id, schedule, least, most);
    }

    async Task HoldsAsync(int id, Schedule schedule, int least, int most)
    {
        var there = (int)await _server.QueryAsync<long>($"select count(*) from entries where id = {id}");
        Assert.True(there >= least && there <= most, $"{schedule}: {there} times in the table, promised were {least} to {most}.");
    }

    void Arm(Schedule schedule, Strikes strikes)
    {
        var requests = -1;
        _link.Plan = async _ =>
        {
            var number = Interlocked.Increment(ref requests);
            foreach (var (_, blow) in schedule.Blows.Where(b => b.Request == number))
            {
                switch (blow)
                {
                    case Blow.CutBefore:
                        return Fault.CutBefore;
                    case Blow.CutAfter:
                        return Fault.CutAfter;
                    case Blow.Silence:
                        return Fault.Silence;
                }
                var struck = new TaskCompletionSource();
                if (strikes.TryBegin(() => StrikeAsync(blow, struck)))
                    await struck.Task;
            }
            return Fault.None;
        };
    }

    /// <summary>Does something to the server, one thing at a time.</summary>
    /// <param name="struck">Completed when the server has felt it, before it is over.</param>
    async Task StrikeAsync(Blow blow, TaskCompletionSource struck)
    {
        await _striking.WaitAsync();
        try
        {
            switch (blow)
            {
                case Blow.TerminateBackends:
                    await _server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
                    break;
                case Blow.Crash:
                    await _server.StopAsync(StopMode.Immediate);
                    await _server.StartAsync();
                    break;
                case Blow.ReadOnly:
                    await _server.AlterSystemAsync("default_transaction_read_only", "on");
                    struck.SetResult();
                    // How long a fault lasts is its own measure: there is nothing to wait for.
                    await Task.Delay(Spell);
                    await _server.AlterSystemAsync("default_transaction_read_only", null);
                    break;
                case Blow.Freeze:
                    _server.Freeze();
                    struck.SetResult();
                    await Task.Delay(Spell);
                    _server.Thaw();
                    break;
            }
        }
        finally
        {
            struck.TrySetResult();
            _striking.Release();
        }
    }

    /// <summary>What a schedule does to the server: none begins when the schedule has ended, and it ends with the last.</summary>
    sealed class Strikes
    {
        readonly List<Task> _begun = [];
        bool _ended;

        public bool TryBegin(Func<Task> strike)
        {
            lock (_begun)
            {
                if (!_ended)
                    _begun.Add(strike());
                return !_ended;
            }
        }

        public Task EndAsync()
        {
            lock (_begun)
            {
                _ended = true;
                return Task.WhenAll(_begun);
            }
        }
    }

    public static WriteTransactionOptions Options(Mode mode, int id)
    {
        var options = new WriteTransactionOptions { CommitOutcome = mode == Mode.Throw ? CommitOutcome.Throw : CommitOutcome.Resolve };
        if (mode == Mode.Verify)
        {
            options.VerifyCommitted = connection => IsThereAsync(connection, id).GetAwaiter().GetResult();
            options.VerifyCommittedAsync = (connection, _) => IsThereAsync(connection, id);
        }
        return options;
    }

    static async Task<bool> IsThereAsync(NpgsqlConnection connection, int id)
    {
        await using var command = new NpgsqlCommand($"select exists (select from entries where id = {id})", connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
