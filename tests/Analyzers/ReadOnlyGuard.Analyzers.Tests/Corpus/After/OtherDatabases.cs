using Npgsql;
using ReadOnlyGuard;

namespace Shop.Regions;

// Both speak PostgreSQL's protocol, and neither has PostgreSQL's standbys.
public sealed class CockroachInventory(string connectionString)
{
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from items", connection);
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

public sealed class Warehouse(Func<string, string> connectionStrings)
{
    readonly NpgsqlDataSource _redshift = NpgsqlDataSource.Create(connectionStrings("Redshift"));

    public NpgsqlConnection Load() => _redshift.CreateConnection();

    public NpgsqlConnection Orders() => WritableDataSource.For(connectionStrings("Orders")).CreateConnection();
}
