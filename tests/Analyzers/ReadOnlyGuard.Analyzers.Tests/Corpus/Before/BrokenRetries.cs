using Npgsql;
using ReadOnlyGuard;

namespace Shop.Retries;

public sealed class Transfers(WritableDataSource source)
{
    public async Task SwallowAsync() => await source.ExecuteInTransactionAsync(async (connection, token) =>
    {
        try
        {
            await using var command = new NpgsqlCommand("insert into t default values", connection);
            await command.ExecuteNonQueryAsync(token);
        }
        catch (Exception e)
        {
            Console.WriteLine(e.Message);
        }
    });

    public async Task OutsideAsync()
    {
        await using var outside = await source.OpenConnectionAsync();
        await source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var command = new NpgsqlCommand("insert into t default values", outside);
            await command.ExecuteNonQueryAsync(token);
        });
    }

    public void ByHand() => source.ExecuteInTransaction(connection =>
    {
        using var command = new NpgsqlCommand("insert into t default values; commit", connection);
        command.ExecuteNonQuery();
    });
}
