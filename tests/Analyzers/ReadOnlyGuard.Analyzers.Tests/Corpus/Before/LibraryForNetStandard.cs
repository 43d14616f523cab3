using Npgsql;

namespace Shop.Library.NetStandard;

/// <summary>For net8.0, net10.0 and netstandard2.0. There is no guard for netstandard2.0, and the using that a fix adds would not compile there.</summary>
public sealed class Store
{
    readonly string _connectionString;

    public Store(string connectionString) => _connectionString = connectionString;

    public NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        return connection;
    }

#if NET8_0_OR_GREATER
    public NpgsqlDataSource Source() => NpgsqlDataSource.Create(_connectionString);
#endif
}
