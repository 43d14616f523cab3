using System.Data;
using System.Data.Common;
using Npgsql;

namespace Shop.Infrastructure;

public interface IDbConnectionFactory
{
    IDbConnection Create();
    Task<DbConnection> OpenAsync(CancellationToken token);
}

public sealed class NpgsqlConnectionFactory : IDbConnectionFactory
{
    private readonly string connectionString;

    public NpgsqlConnectionFactory(string connectionString) => this.connectionString = connectionString;

    public IDbConnection Create() => new NpgsqlConnection(connectionString);

    public async Task<DbConnection> OpenAsync(CancellationToken token)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        return connection;
    }
}
