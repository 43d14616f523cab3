using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>One endpoint whose primary's host is gone without a word: its connections stay open, and nothing ever answers on them.</summary>
public sealed class HostVanishes : IAsyncLifetime
{
    const int Limit = 4;

    ReplicatedPair _pair = null!;
    LaggingBalancer _balancer = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await _pair.Primary.ExecuteAsync("create table entries (n int)");
        await _pair.CatchUpAsync();
        _balancer = new(_pair.Primary);
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _pair.DisposeAsync();
    }

    WritableDataSource Source(int npgsqlTimeout, int commandTimeout = 30) => WritableDataSource.Create(
        _balancer.ConnectionString(c => (c.MaxPoolSize, c.Timeout, c.CommandTimeout) = (Limit, npgsqlTimeout, commandTimeout)),
        o => (o.ValidationInterval, o.CheckTimeout) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(500)));

    async Task VanishAsync()
    {
        _pair.Primary.Freeze();
        await _pair.PromoteStandbyAsync();
        _balancer.SwitchTo(_pair.Primary);
    }

    [Theory]
    [InlineData(true, 1, 15)]
    [InlineData(false, 1, 15)]
    [InlineData(true, 3 * Limit, 15)]
    [InlineData(false, 3 * Limit, 15)]
    [InlineData(true, 3 * Limit, 1)]
    [InlineData(false, 3 * Limit, 1)]
    public async Task Leaves_its_places_in_the_pool_to_the_new_primary(bool async, int rentsAtOnce, int npgsqlTimeout)
    {
        await using var source = Source(npgsqlTimeout);
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
        await VanishAsync();

        for (var rents = 0; rents < 3 * Limit; rents += rentsAtOnce)
            await Task.WhenAll(Enumerable.Range(0, rentsAtOnce).Select(async _ =>
            {
                await using var connection = async ? await source.OpenConnectionAsync() : await Task.Factory.StartNew(source.OpenConnection, TaskCreationOptions.LongRunning);
                Assert.False(await InRecoveryAsync(connection));
            }));
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Does_not_hold_up_new_rents_though_commands_that_nothing_answers_have_every_place_of_the_pool(bool async, bool waitedBefore)
    {
        // Plain Npgsql goes on when the commands time out. A synchronous rent that waits in its queue already stays there for Npgsql's Timeout.
        await using var source = Source(npgsqlTimeout: async ? 60 : 3, commandTimeout: 60);
        var holders = new List<NpgsqlConnection>();
        for (var i = 0; i < Limit; i++)
            holders.Add(await source.OpenConnectionAsync());
        var before = waitedBefore ? RentAll() : [];
        _pair.Primary.Freeze();
        var held = holders.Select(holder => InRecoveryAsync(holder)).ToList();
        await _pair.PromoteStandbyAsync();
        _balancer.SwitchTo(_pair.Primary);

        foreach (var rent in before.Concat(RentAll()))
            Assert.False(await rent);
        foreach (var rent in RentAll())
            Assert.False(await rent);
        Assert.All(held, command => Assert.False(command.IsCompleted));

        // So that the commands end: with an answer, or with the session.
        _pair.Standby.Thaw();
        foreach (var command in held)
            await Task.WhenAny(command);
        holders.ForEach(holder => holder.Dispose());

        List<Task<bool>> RentAll() => [.. Enumerable.Range(0, Limit).Select(_ => Task.Factory.StartNew(
            async () =>
            {
                await using var connection = async ? await source.OpenConnectionAsync() : source.OpenConnection();
                return await InRecoveryAsync(connection);
            },
            TaskCreationOptions.LongRunning).Unwrap())];
    }

    [Fact]
    public async Task Keeps_no_place_in_the_pool_for_a_commit_that_it_never_answers()
    {
        await using var source = Source(npgsqlTimeout: 15, commandTimeout: 1);
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
        using var all = new Barrier(Limit + 1);
        var writing = Enumerable.Range(0, Limit).Select(n => source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var insert = new NpgsqlCommand("insert into entries values ($1)", connection) { Parameters = { new() { Value = n } } };
            await insert.ExecuteNonQueryAsync(token);
            await Task.Factory.StartNew(() => all.SignalAndWait(token), TaskCreationOptions.LongRunning);
            await Task.Factory.StartNew(() => all.SignalAndWait(token), TaskCreationOptions.LongRunning);
        })).ToList();
        all.SignalAndWait();
        await VanishAsync();
        all.SignalAndWait();

        foreach (var write in writing)
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => write);
        await PoolLimit.GivesDistinctBackendsAsync(source, Limit);
    }

    static async Task<bool> InRecoveryAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
