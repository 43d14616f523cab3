using Npgsql;
using ReadOnlyGuard;

namespace Shop.Conditional;

public static class Connections
{
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = WritableDataSource.For(connectionString).CreateConnection();
#if DEBUG
        Console.WriteLine("opening " + connection.Host);
#endif
        await connection.OpenAsync();
        return connection;
    }

    public static void Write(string connectionString)
    {
        using var connection = WritableDataSource.For(connectionString).CreateConnection();
#if NETFRAMEWORK
        connection.Open();
#else
        connection.Open();
#endif
        using var command = new NpgsqlCommand("insert into log default values", connection);
        command.ExecuteNonQuery();
    }
}
