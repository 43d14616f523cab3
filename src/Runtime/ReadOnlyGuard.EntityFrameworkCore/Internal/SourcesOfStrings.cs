using System.Collections.Concurrent;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// The guarded data sources of connection strings: one for each string and internal service provider of EF Core's, as the provider builds
/// its own. Contexts that differ in what the provider tells apart (enums, plugins) do not share one.
/// </summary>
sealed class SourcesOfStrings(IEnumerable<INpgsqlDataSourceConfigurationPlugin> plugins) : IDisposable, IAsyncDisposable
{
    readonly INpgsqlDataSourceConfigurationPlugin[] _plugins = [.. plugins];
    readonly ConcurrentDictionary<string, Lazy<WritableDataSource>> _sources = new(StringComparer.Ordinal);

    public WritableDataSource Of(string connectionString, DataSourceOptions options)
    {
        if (_plugins.Length == 0 && options.AreNone)
            return WritableDataSource.For(connectionString);
        var source = _sources.GetOrAdd(connectionString, text => new(() => Build(text, options)));
        try
        {
            return source.Value;
        }
        catch
        {
            // A Lazy would throw the same exception object for ever.
            _sources.TryRemove(KeyValuePair.Create(connectionString, source));
            throw;
        }
    }

    WritableDataSource Build(string connectionString, DataSourceOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        options.Apply(builder, _plugins);
        return builder.BuildWritable();
    }

    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Value.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
            await source.Value.DisposeAsync().ConfigureAwait(false);
    }
}
