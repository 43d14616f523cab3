using Microsoft.Extensions.Caching.Distributed;
using Npgsql;
using ReadOnlyGuard;

namespace Caching;

public sealed class PostgresCache(string connectionString) : IDistributedCache
{
    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        using var connection = await OpenAsync(token);
        using var command = new NpgsqlCommand("select value from cache where key = $1", connection) { Parameters = { new() { Value = key } } };
        return (byte[]?)await command.ExecuteScalarAsync(token);
    }

    public void Refresh(string key) { }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public void Remove(string key)
    {
        using var connection = WritableDataSource.For(connectionString).OpenConnection();
        using var command = new NpgsqlCommand("delete from cache where key = $1", connection) { Parameters = { new() { Value = key } } };
        command.ExecuteNonQuery();
    }

    public Task RemoveAsync(string key, CancellationToken token = default) => Task.Run(() => Remove(key), token);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).Wait();

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        using var connection = await OpenAsync(token);
        using var command = new NpgsqlCommand("insert into cache values ($1, $2) on conflict (key) do update set value = excluded.value", connection);
        command.Parameters.AddWithValue(key);
        command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(token);
    }

    async Task<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        NpgsqlConnection connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(token);
        return connection;
    }
}
