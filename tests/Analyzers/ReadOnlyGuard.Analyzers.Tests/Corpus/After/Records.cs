using Npgsql;
using ReadOnlyGuard;

namespace Shop.Records;

public sealed record Database(string ConnectionString, int CommandTimeout = 30)
{
    public NpgsqlConnection Connect() => WritableDataSource.For(ConnectionString).CreateConnection();

    public NpgsqlDataSource Source { get; } = WritableDataSource.Create(ConnectionString).AsNpgsqlDataSource();

    public async Task<bool> PingAsync()
    {
        try
        {
            await using var connection = Connect();
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}

public readonly record struct Shard(int Number, string Host)
{
    public NpgsqlConnection Open()
    {
        var connection = WritableDataSource.For($"Host={Host};Database=shard{Number}").OpenConnection();
        return connection;
    }
}
