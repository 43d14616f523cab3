using Npgsql;
using ReadOnlyGuard;

namespace Metrics.Local;

public static class Cleanup
{
    public static async Task RunAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var dataSource = WritableDataSource.Create(connectionString);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("delete from metrics where at < now() - interval '30 days'", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<object?> ScalarAsync(string connectionString)
    {
        await using WritableDataSource dataSource = new NpgsqlDataSourceBuilder(connectionString).BuildWritable();
        await using NpgsqlCommand command = dataSource.CreateCommand("select count(*) from metrics");
        return await command.ExecuteScalarAsync();
    }
}
