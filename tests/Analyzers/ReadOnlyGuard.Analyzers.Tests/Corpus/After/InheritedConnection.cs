using Npgsql;
using ReadOnlyGuard;

namespace Shop.Inherited;

public class ConnectionBase(NpgsqlConnection connection) : IDisposable
{
    protected NpgsqlConnection Connection { get; } = connection;

    public void Dispose() => Connection.Dispose();
}

public sealed class OrdersGateway(string connectionString) : ConnectionBase(global::ReadOnlyGuard.WritableDataSource.For(connectionString).CreateConnection())
{
    public void Delete(int id)
    {
        Connection.Open();
        using var command = new NpgsqlCommand("delete from orders where id = " + id, Connection);
        command.ExecuteNonQuery();
    }
}

public sealed class InvoicesGateway : ConnectionBase
{
    public InvoicesGateway(string connectionString)
        : base(WritableDataSource.For(connectionString).CreateConnection())
    {
    }
}
