using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Servers;

public sealed class PairFailsOver
{
    [Fact]
    public async Task Standby_streams_what_the_primary_writes()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table t as select 42 as answer");
        await pair.CatchUpAsync();

        Assert.Equal(42, await pair.Standby.QueryAsync<int>("select answer from t"));
        Assert.True(await IsStandby(pair.Standby));
        Assert.False(await IsStandby(pair.Primary));
    }

    [Fact]
    public async Task Old_primary_comes_back_on_its_port_as_a_standby_of_the_new_one()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        var (a, b, port) = (pair.Primary, pair.Standby, pair.Primary.Port);
        await a.ExecuteAsync("create table t as select 1 as n");

        Assert.Same(a, await pair.FailOverAsync());
        Assert.False(a.IsRunning);
        Assert.Same(b, pair.Primary);
        await b.ExecuteAsync("insert into t values (2)");
        await pair.RejoinAsync();
        await pair.CatchUpAsync();

        Assert.Equal(port, a.Port);
        Assert.True(await IsStandby(a));
        Assert.Equal(2, await a.QueryAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task Killed_primary_comes_back_too_and_again_after_a_second_failover()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        var a = pair.Primary;
        var processes = a.ProcessIds;

        await pair.KillAndPromoteAsync();
        Assert.All(processes, id => Assert.False(File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Length > 0));
        await pair.RejoinAsync();
        await pair.FailOverAsync();
        await pair.RejoinAsync();

        Assert.Same(a, pair.Primary);
        await a.ExecuteAsync("create table t ()");
    }

    [Fact]
    public async Task Two_primaries_are_told_apart_by_their_timeline_only()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.PromoteStandbyAsync();

        const string Timeline = "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";
        Assert.Equal("00000002", await pair.Primary.QueryAsync<string>(Timeline));
        Assert.Equal("00000001", await pair.Standby.QueryAsync<string>(Timeline));
        const string Identity = "select system_identifier from pg_control_system()";
        Assert.Equal(await pair.Primary.QueryAsync<long>(Identity), await pair.Standby.QueryAsync<long>(Identity));
    }

    static Task<bool> IsStandby(PostgresServer server) => server.QueryAsync<bool>("select pg_is_in_recovery()");
}
