using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// Where the provider takes its data sources from. For a connection string it gives guarded ones: one for each string and internal service
/// provider of EF Core's, as the provider itself does. Contexts that differ in what the provider tells apart (enums, plugins) do not share
/// one.
/// </summary>
sealed class GuardedDataSources(IEnumerable<INpgsqlDataSourceConfigurationPlugin> plugins) : NpgsqlDataSourceManager(plugins), IDisposable, IAsyncDisposable
{
    const string Name = "Name=";

    readonly INpgsqlDataSourceConfigurationPlugin[] _plugins = [.. plugins];
    readonly ConcurrentDictionary<string, Lazy<WritableDataSource>> _sources = new(StringComparer.Ordinal);

    /// <summary>Of the contexts themselves, if their options name one: contexts that name different ones have different managers.</summary>
    public ILoggerFactory? LoggerFactory { private get; set; }

    public override DbDataSource? GetDataSource(NpgsqlOptionsExtension? npgsqlOptionsExtension, IServiceProvider? applicationServiceProvider)
        => npgsqlOptionsExtension is { DataSource: null, Connection: null, ConnectionString: { } text }
            ? Of(Resolved(text, applicationServiceProvider), DataSourceOptions.Of(npgsqlOptionsExtension), applicationServiceProvider).AsNpgsqlDataSource()
            : base.GetDataSource(npgsqlOptionsExtension, applicationServiceProvider);

    /// <summary>EF Core's <c>Name=ConnectionStrings:Shop</c> stands for an entry of the application's configuration.</summary>
    static string Resolved(string text, IServiceProvider? services)
    {
        if (!text.TrimStart().StartsWith(Name, StringComparison.OrdinalIgnoreCase))
            return text;
        var name = text.TrimStart()[Name.Length..].Trim();
        var configuration = services?.GetService<IConfiguration>();
        return configuration?[name] ?? configuration?.GetConnectionString(name)
            ?? throw new InvalidOperationException(
                $"The connection string '{text}' names '{name}', which the application's configuration does not have. Add it there, or pass the string itself.");
    }

    WritableDataSource Of(string connectionString, DataSourceOptions options, IServiceProvider? services)
    {
        var loggers = LoggerFactory ?? services?.GetService<ILoggerFactory>();
        HostLogs.Adopt(loggers);
        if (_plugins.Length == 0 && options.AreNone && loggers is null)
            return WritableDataSource.For(connectionString);
        var source = _sources.GetOrAdd(connectionString, text => new(() => Build(text, options, loggers)));
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

    WritableDataSource Build(string connectionString, DataSourceOptions options, ILoggerFactory? loggers)
        => WritableDataSource.Configure(
            connectionString,
            builder => options.Apply(builder, _plugins),
            isOwn: options.Configure is null,
            loggers,
            guard => guard.LoggerFactory = loggers ?? guard.LoggerFactory);

    void IDisposable.Dispose()
    {
        foreach (var source in _sources.Values)
            source.Value.Dispose();
        Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (var source in _sources.Values)
            await source.Value.DisposeAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }
}
