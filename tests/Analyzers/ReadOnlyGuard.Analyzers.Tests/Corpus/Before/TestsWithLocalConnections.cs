using Npgsql;
using Xunit;

namespace Shop.IntegrationTests;

public class SchemaTests
{
    static readonly string ConnectionString = Environment.GetEnvironmentVariable("TEST_DB") ?? "Host=localhost";

    [Theory]
    [InlineData("orders")]
    [InlineData("customers")]
    public void Table_exists(string table)
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();

        using var command = new NpgsqlCommand($"select to_regclass('{table}')", connection);
        Assert.NotNull(command.ExecuteScalar());
    }

    [Fact]
    public void Opening_twice_throws()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        Assert.Throws<InvalidOperationException>(() => connection.Open());
        connection.Dispose();
    }
}
