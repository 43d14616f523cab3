using System.Runtime.CompilerServices;
using Npgsql;
using ReadOnlyGuard;

namespace Export;

public class EventExport(string connectionString)
{
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select payload from events order by id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetString(0);
        }
    }

    public IEnumerable<int> Ids()
    {
        using var connection = WritableDataSource.For(connectionString).OpenConnection();
        using var command = new NpgsqlCommand("select id from events", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetInt32(0);
    }
}
