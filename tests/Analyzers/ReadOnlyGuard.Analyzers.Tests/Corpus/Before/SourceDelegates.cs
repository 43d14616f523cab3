using System.Collections.Concurrent;
using Npgsql;

namespace Shop.Delegates;

public sealed class Tenants
{
    readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new();
    readonly Func<string, NpgsqlDataSource> _create = NpgsqlDataSource.Create;

    public NpgsqlDataSource Of(string connectionString) => _sources.GetOrAdd(connectionString, _create);

    public NpgsqlDataSource Cached(string connectionString) => _sources.GetOrAdd(connectionString, NpgsqlDataSource.Create);

    public Lazy<NpgsqlDataSource> Later(string connectionString) => new(new NpgsqlDataSourceBuilder(connectionString).Build);

    // A copy by a delegate is a copy.
    public Func<string, NpgsqlConnection> Copier(NpgsqlDataSource injected) => injected.CreateConnection().CloneWith;

    public Func<NpgsqlConnection> Opener(NpgsqlDataSource injected) => injected.OpenConnection;
}
