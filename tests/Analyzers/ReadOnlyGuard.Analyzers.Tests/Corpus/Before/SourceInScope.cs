using Dapper;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Half;

// Half of it has been moved.
public sealed class HalfMoved(WritableDataSource source, string connectionString)
{
    public async Task<int> NewAsync(string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql);
    }

    public async Task<int> OldAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return await connection.ExecuteAsync(sql);
    }
}
