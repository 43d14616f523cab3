using Npgsql;

namespace Shop.Records;

public sealed record Database(string ConnectionString, int CommandTimeout = 30)
{
    public NpgsqlConnection Connect() => new(ConnectionString);

    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(ConnectionString);

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
        var connection = new NpgsqlConnection($"Host={Host};Database=shard{Number}");
        connection.Open();
        return connection;
    }
}
