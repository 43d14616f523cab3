using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>
/// The law of <see cref="OneLaw"/> while a synchronous standby is promoted at any request of a transaction, over a primary that was killed,
/// is frozen, or goes on. Replication is synchronous, so that nothing that was acknowledged is missing on the new primary.
/// </summary>
/// <remarks>READONLYGUARD_PROMOTIONS says how many schedules run; CsCheck_Seed runs one again.</remarks>
[Trait("Core", "yes")]
public sealed class OneLawThroughPromotions(ITestOutputHelper output) : IAsyncLifetime
{
    public enum Old
    {
        Killed,
        Frozen,
        GoesOn,
    }

    public sealed record Schedule(OneLaw.Mode Mode, bool Async, int Request, Old Old);

    static readonly int Schedules = int.Parse(Environment.GetEnvironmentVariable("READONLYGUARD_PROMOTIONS") ?? "12", CultureInfo.InvariantCulture);

    static readonly Gen<Schedule> AnySchedule = Gen.Select(
        Gen.Enum<OneLaw.Mode>(), Gen.Bool, Gen.Int[0, 6], Gen.Enum<Old>(), (mode, async, request, old) => new Schedule(mode, async, request, old));

    readonly ConcurrentDictionary<string, int> _outcomes = new();
    ReplicatedPair _pair = null!;
    FaultyLink[] _links = null!;
    WritableDataSource _source = null!;
    int _transactions;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await Ledger.CreateAsync(_pair.Primary);
        _links = [new(_pair.Primary), new(_pair.Standby)];
        _source = WritableDataSource.Create(
            $"Host={string.Join(',', _links.Select(link => $"127.0.0.1:{link.Port}"))};Username=postgres;Database=postgres;Timeout=2;Command Timeout=2",
            options => (options.CheckTimeout, options.PeerCheckInterval) = (TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100)));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        foreach (var link in _links)
            await link.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Fact]
    public async Task Holds_at_whatever_request_the_standby_is_promoted()
    {
        await AnySchedule.SampleAsync(RunAsync, iter: Schedules, threads: 1);
        output.WriteLine($"{_transactions} schedules: {string.Join(", ", _outcomes.OrderBy(o => o.Key).Select(o => $"{o.Key} {o.Value}"))}");
    }

    async Task RunAsync(Schedule schedule)
    {
        var id = ++_transactions;
        await _pair.Primary.AlterSystemAsync("synchronous_standby_names", "*");
        var gate = new object();
        var (requests, ended, promotion) = (-1, false, Task.CompletedTask);
        foreach (var link in _links)
            link.Plan = async _ =>
            {
                Task strike;
                lock (gate)
                {
                    // A look at the other server is a request too, and may come when the transaction is over.
                    strike = ++requests == schedule.Request && !ended ? promotion = PromoteAsync(schedule.Old) : Task.CompletedTask;
                }
                await strike;
                return Fault.None;
            };

        var failure = await Record.ExceptionAsync(
            () => _source.RunAsync(schedule.Async, connection => Ledger.WriteAsync(connection, id), OneLaw.Options(schedule.Mode, id)));
        lock (gate)
            ended = true;
        await promotion;

        var (outcome, least, most) = failure switch
        {
            null => ("succeeded", 1, 1),
            CommitOutcomeUnknownException => ("unknown", 0, 1),
            _ => ("failed with " + failure.GetType().Name, 0, 0),
        };
        _outcomes.AddOrUpdate($"{schedule.Old} {schedule.Mode} {outcome}", 1, (_, n) => n + 1);
        var there = (int)await _pair.Primary.QueryAsync<long>($"select count(*) from entries where id = {id}");
        Assert.True(there >= least && there <= most, $"{schedule}: {outcome}, {there} times in the table, promised were {least} to {most}. {failure}");

        if (promotion != Task.CompletedTask)
            await _pair.RejoinAsync();
    }

    async Task PromoteAsync(Old old)
    {
        if (old == Old.Killed)
            await _pair.KillAndPromoteAsync();
        else
        {
            if (old == Old.Frozen)
                _pair.Primary.Freeze();
            await _pair.PromoteStandbyAsync();
        }
    }
}
