using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>The address moves to another cluster, where an enum has another number.</summary>
public sealed class TypesOfAnotherCluster(ITestOutputHelper output) : IAsyncLifetime
{
    public enum Mood { Happy, Sad }

    PostgresServer _server = null!, _other = null!;

    public async ValueTask InitializeAsync()
    {
        (_server, _other) = (await PostgresServer.StartNewAsync(), await PostgresServer.StartNewAsync());
        await _other.ExecuteAsync("create type first as enum ('taken')");
        foreach (var server in new[] { _server, _other })
            await server.ExecuteAsync("create type mood as enum ('happy', 'sad'); create table ledger (writer int, number int, mood mood)");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _other.DisposeAsync();
    }

    static WritableDataSource Source(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.MapEnum<Mood>();
        return builder.BuildWritable();
    }

    static async Task InsertAsync(NpgsqlConnection connection, int writer, int number)
    {
        await using var insert = new NpgsqlCommand("insert into ledger values ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = number }, new() { Value = Mood.Sad } },
        };
        await insert.ExecuteNonQueryAsync();
    }

    [Theory]
    [InlineData("OpenConnectionAsync")]
    [InlineData("context")]
    public async Task Are_loaded(string door)
    {
        await using var balancer = await BalancerProcess.StartAsync(_server);
        var source = Source(balancer.ConnectionString());
        await using var writers = Writers.Start(async (writer, number) =>
        {
            if (door == "context")
            {
                await using var context = new DbContext(new DbContextOptionsBuilder()
                    .UseWritableNpgsql(balancer.ConnectionString(), npgsql => npgsql.MapEnum<Mood>("mood")).Options);
                await context.Database.ExecuteSqlAsync($"insert into ledger values ({writer}, {number}, {Mood.Sad})");
                return;
            }
            await using var connection = await source.OpenConnectionAsync();
            await InsertAsync(connection, writer, number);
        });
        await writers.WroteAsync(200);
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        await balancer.SwitchToAsync(_other);
        await writers.WroteAsync(200);
        await writers.StopAsync();
        await source.DisposeAsync();
        foreach (var failure in writers.Failures)
            output.WriteLine($"writer {failure.Writer}: {failure.Error.GetType().Name} {failure.Error.Message}");
        // A read-only error, and one that met the old types before the new ones were there.
        Assert.All(writers.Failures.GroupBy(failure => failure.Writer), writer => Assert.InRange(writer.Count(), 1, 2));
    }

    [Fact]
    public async Task Are_loaded_on_demand()
    {
        await using var source = Source(_server.ConnectionString(c => c.Database = "template1"));
        var two = new[] { await source.OpenConnectionAsync(), await source.OpenConnectionAsync() };
        foreach (var connection in two)
            await connection.DisposeAsync();
        await using (var create = source.CreateCommand("create type mood as enum ('happy', 'sad'); create table ledger (writer int, number int, mood mood)"))
            await create.ExecuteNonQueryAsync();
        await source.ReloadTypesAsync();
        for (var i = 0; i < 4; i++)
        {
            await using var connection = await source.OpenConnectionAsync();
            await InsertAsync(connection, 1, i);
        }
    }
}
