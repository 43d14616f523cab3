using Npgsql;

namespace Locks;

public sealed class PostgresLock : IAsyncDisposable
{
    readonly NpgsqlConnection _connection;
    readonly long _key;

    PostgresLock(NpgsqlConnection connection, long key) => (_connection, _key) = (connection, key);

    public static async Task<PostgresLock?> TryTakeAsync(string connectionString, long key)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = key } } };
        if (await command.ExecuteScalarAsync() is true)
            return new PostgresLock(connection, key);
        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var command = new NpgsqlCommand($"select pg_advisory_unlock({_key})", _connection))
            await command.ExecuteNonQueryAsync();
        await _connection.DisposeAsync();
    }
}
