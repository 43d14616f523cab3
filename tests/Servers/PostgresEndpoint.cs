using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>Where a PostgreSQL server listens on loopback; it may be down. The superuser <c>postgres</c> is trusted.</summary>
public abstract class PostgresEndpoint
{
    public string Host => "127.0.0.1";

    public abstract int Port { get; }

    /// <summary>Runs one statement as superuser, on an unpooled connection.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(Unpooled));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row, asked as superuser on an unpooled connection.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(Unpooled));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    internal static void Unpooled(NpgsqlConnectionStringBuilder builder) => builder.Pooling = false;
}
