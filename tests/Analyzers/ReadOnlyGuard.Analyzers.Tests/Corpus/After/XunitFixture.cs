using Npgsql;
using ReadOnlyGuard;
using Xunit;

namespace Shop.Tests;

public sealed class DatabaseFixture : IAsyncLifetime
{
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        DataSource = WritableDataSource.Create("Host=localhost;Database=shop_tests").AsNpgsqlDataSource();
        await using var command = DataSource.CreateCommand("create table if not exists orders (id int)");
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}

public sealed class OrderTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Orders_can_be_added()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("insert into orders values (1)", connection);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
