using Npgsql;
using ReadOnlyGuard;

namespace Shop.Pools;

// What applications do today when they notice a failover.
public sealed class FailoverHandler(WritableDataSource source)
{
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException e) when (e.SqlState == "25006")
        {
            source.Clear();
            throw;
        }
    }
}

public static class Shutdown
{
    public static void Run(string connectionString)
    {
        using (var connection = WritableDataSource.For(connectionString).OpenConnection())
        {
        }

        NpgsqlConnection.ClearAllPools();
        WritableDataSource.ClearAll();
    }
}
