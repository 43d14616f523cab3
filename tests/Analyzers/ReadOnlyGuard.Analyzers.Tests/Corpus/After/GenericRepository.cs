using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace Generic;

public abstract class Repository<TConnection>(string connectionString) where TConnection : DbConnection, new()
{
    protected TConnection Create() => new() { ConnectionString = connectionString };

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = Create();
        return (await connection.QueryAsync<T>(sql)).AsList();
    }
}

public class Session<TConnection> where TConnection : DbConnection, new()
{
    protected TConnection Connection { get; } = new();
}

// Nothing here says that a connection is made.
public sealed class PostgresSession : Session<NpgsqlConnection>;

public sealed class PostgresRepository(string connectionString) : Repository<NpgsqlConnection>(connectionString)
{
    public IDbConnection Raw() => Make<NpgsqlConnection>();

    static T Make<T>() where T : IDbConnection, new() => new();
}
