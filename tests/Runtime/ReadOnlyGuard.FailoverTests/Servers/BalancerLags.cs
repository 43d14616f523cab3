using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Servers;

public sealed class BalancerLags
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_stay_where_they_are_and_new_ones_go_to_the_new_target()
    {
        await using var a = await PostgresServer.StartNewAsync();
        await using var b = await PostgresServer.StartNewAsync();
        await using var balancer = new LaggingBalancer(a);
        await using var before = await OpenAsync(balancer);

        balancer.SwitchTo(b);
        await using var after = await OpenAsync(balancer);

        Assert.Equal(a.Port, await PortAsync(before));
        Assert.Equal(b.Port, await PortAsync(after));
        Assert.Equal((2, 2), (balancer.Accepted, balancer.Sessions));
    }

    [Fact]
    public async Task Sessions_end_where_that_is_asked_for()
    {
        await using var a = await PostgresServer.StartNewAsync();
        await using var balancer = new LaggingBalancer(a);
        await using var connection = await OpenAsync(balancer);

        balancer.SwitchTo(a, closeSessions: true);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => PortAsync(connection));
        await Eventually.HoldsAsync(() => balancer.Sessions == 0, "the closed session to end");
    }

    [Fact]
    public async Task Refuses_or_swallows_until_it_is_switched()
    {
        await using var a = await PostgresServer.StartNewAsync();
        await using var balancer = new LaggingBalancer(a);

        balancer.RefuseConnections();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(balancer));
        balancer.Swallow();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(balancer));
        balancer.SwitchTo(a);
        await using var connection = await OpenAsync(balancer);

        Assert.Equal(a.Port, await PortAsync(connection));
    }

    [Fact]
    public async Task Server_that_is_down_looks_like_a_closed_connection()
    {
        await using var a = await PostgresServer.StartNewAsync();
        await using var balancer = new LaggingBalancer(a);
        await a.StopAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(balancer));
    }

    static async Task<NpgsqlConnection> OpenAsync(LaggingBalancer balancer)
    {
        var connection = new NpgsqlConnection(balancer.ConnectionString(builder => (builder.Pooling, builder.Timeout) = (false, 1)));
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    static async Task<int> PortAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select current_setting('port')::int", connection);
        return (int)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}
