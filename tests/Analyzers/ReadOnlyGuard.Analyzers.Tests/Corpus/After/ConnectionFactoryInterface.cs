using System.Data;
using System.Data.Common;
using Npgsql;
using ReadOnlyGuard;

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

    public IDbConnection Create() => WritableDataSource.For(connectionString).CreateConnection();

    public async Task<DbConnection> OpenAsync(CancellationToken token)
    {
        var connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(token);
        return connection;
    }
}
