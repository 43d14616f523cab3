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
