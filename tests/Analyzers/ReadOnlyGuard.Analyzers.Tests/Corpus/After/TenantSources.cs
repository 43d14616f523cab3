using System.Collections.Concurrent;
using Npgsql;
using ReadOnlyGuard;

namespace Tenants;

public sealed class TenantSources : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new();

    public NpgsqlDataSource For(string tenant) => _sources.GetOrAdd(tenant, static name =>
        WritableDataSource.Create($"Host=db;Database={name};Maximum Pool Size=10").AsNpgsqlDataSource());

    public async Task<int> RegisterAsync(string tenant, string user)
    {
        await using var connection = await For(tenant).OpenConnectionAsync();
        await using var command = new NpgsqlCommand("insert into users values ($1)", connection) { Parameters = { new() { Value = user } } };
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
            await source.DisposeAsync();
    }
}
