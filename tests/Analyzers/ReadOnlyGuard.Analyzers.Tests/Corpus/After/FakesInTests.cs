using Npgsql;
using Xunit;

namespace Shop.UnitTests;

public interface IConnections
{
    NpgsqlConnection Create();
}

public sealed class FakeConnections : IConnections
{
    public int Created { get; private set; }

    public NpgsqlConnection Create()
    {
        Created++;
        return new NpgsqlConnection();
    }
}

public sealed class Orders(IConnections connections)
{
    public NpgsqlCommand Insert() => new("insert into orders default values", connections.Create());
}

public class OrdersTests
{
    [Fact]
    public void Insert_takes_a_connection()
    {
        var connections = new FakeConnections();

        new Orders(connections).Insert();

        Assert.Equal(1, connections.Created);
    }

    [Fact]
    public void Command_keeps_its_connection()
    {
        using var connection = new NpgsqlConnection("Host=unused;Database=orders");

        Assert.Same(connection, new NpgsqlCommand("select 1", connection).Connection);
    }
}
