using Npgsql;
using ReadOnlyGuard;

namespace Shop.Twice;

public sealed class HalfMigrated(WritableDataSource source)
{
    public async Task WriteAsync(CancellationToken token)
    {
        await using var connection = await source.OpenConnectionAsync(token);
        await using var command = new NpgsqlCommand("insert into t default values", connection);
        await command.ExecuteNonQueryAsync(token);
    }

    public void Write()
    {
        using (var connection = source.OpenConnection())
        {
            using var command = new NpgsqlCommand("insert into t default values", connection);
            command.ExecuteNonQuery();
        }
    }

    public void Reopen()
    {
        using var connection = source.OpenConnection();
        connection.Close();
        connection.Open();
    }
}
