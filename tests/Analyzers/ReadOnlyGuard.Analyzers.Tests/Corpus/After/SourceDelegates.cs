using System.Collections.Concurrent;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Delegates;

public sealed class Tenants
{
    readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new();
    readonly Func<string, NpgsqlDataSource> _create = connectionString => WritableDataSource.Create(connectionString).AsNpgsqlDataSource();

    public NpgsqlDataSource Of(string connectionString) => _sources.GetOrAdd(connectionString, _create);

    public NpgsqlDataSource Cached(string connectionString) => _sources.GetOrAdd(connectionString, text => WritableDataSource.Create(text).AsNpgsqlDataSource());

    public Lazy<NpgsqlDataSource> Later(string connectionString) => new(() => new NpgsqlDataSourceBuilder(connectionString).BuildWritable().AsNpgsqlDataSource());

    // A copy by a delegate is a copy.
    public Func<string, NpgsqlConnection> Copier(NpgsqlDataSource injected) => injected.CreateConnection().CloneWith;

    public Func<NpgsqlConnection> Opener(NpgsqlDataSource injected) => injected.OpenConnection;
}
