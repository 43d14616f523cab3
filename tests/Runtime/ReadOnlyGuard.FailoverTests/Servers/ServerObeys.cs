using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Servers;

public sealed class ServerObeys
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frozen_server_answers_nobody_until_it_is_thawed()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString(builder => builder.Pooling = false));
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand("select 1", connection);

        server.Freeze();
        var answer = command.ExecuteScalarAsync(Cancelled);
        await Assert.ThrowsAnyAsync<Exception>(() => server.QueryAsync<int>("select 1").WaitAsync(TimeSpan.FromMilliseconds(300), Cancelled));
        Assert.False(answer.IsCompleted);

        server.Thaw();
        Assert.Equal(1, await answer);
        Assert.Equal(1, await server.QueryAsync<int>("select 1"));
    }

    [Fact]
    public async Task Altered_setting_holds_for_the_next_session()
    {
        await using var server = await PostgresServer.StartNewAsync();

        await server.AlterSystemAsync("default_transaction_read_only", "on");
        Assert.Equal("on", await server.QueryAsync<string>("show transaction_read_only"));
        await server.AlterSystemAsync("default_transaction_read_only", null);
        Assert.Equal("off", await server.QueryAsync<string>("show transaction_read_only"));
    }

    [Fact]
    public async Task Takes_connections_by_IPv4_IPv6_and_unix_socket()
    {
        await using var server = await PostgresServer.StartNewAsync();

        foreach (var host in (string[])[server.Host, "::1", server.SocketDirectory])
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString(builder => (builder.Host, builder.Pooling) = (host, false)));
            await connection.OpenAsync(Cancelled);
        }
    }

    [Fact]
    public async Task Failed_start_says_why()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresServer.StartNewAsync("no_such_setting=1"));
        Assert.Contains("no_such_setting", error.Message);
    }

    [Fact]
    public async Task Runs_as_an_ordinary_user_also_when_we_are_root()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var user = File.ReadLines($"/proc/{server.ProcessIds[0]}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.NotEqual("0", user);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("stopped")]
    [InlineData("frozen")]
    [InlineData("killed")]
    public async Task Leaves_nothing_behind(string state)
    {
        var server = await PostgresServer.StartNewAsync();
        var processes = server.ProcessIds;
        Assert.NotEmpty(processes);
        if (state == "stopped")
            await server.StopAsync();
        else if (state == "frozen")
            server.Freeze();
        else if (state == "killed")
            await server.KillAsync();

        await server.DisposeAsync();

        Assert.False(Directory.Exists(server.SocketDirectory));
        Assert.False(server.IsRunning);
        // A zombie that its parent has yet to bury shows no command line.
        Assert.All(processes, id => Assert.False(File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Length > 0));
    }
}
