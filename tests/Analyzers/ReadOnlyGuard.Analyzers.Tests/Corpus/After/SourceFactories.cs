using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Factories;

public enum Status { New, Paid }

public static class Registrations
{
    public static void Add(IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => WritableDataSource.Create(connectionString).AsNpgsqlDataSource());
        services.AddSingleton<Func<string, NpgsqlDataSource>>(_ => database => WritableDataSource.Create($"{connectionString};Database={database}").AsNpgsqlDataSource());
        services.AddKeyedSingleton<NpgsqlDataSource>("mapped", (_, _) =>
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            builder.MapEnum<Status>();
            return builder.BuildWritable().AsNpgsqlDataSource();
        });
    }
}

public sealed class Sources(string connectionString) : IAsyncDisposable
{
    readonly Lazy<NpgsqlDataSource> _lazy = new(() => WritableDataSource.Create(connectionString).AsNpgsqlDataSource());
    NpgsqlDataSource? _kept;
    NpgsqlDataSource? _watched;
    RecoveryWatcher? _watcher;

    public NpgsqlDataSource Kept => _kept ??= new NpgsqlDataSourceBuilder(connectionString)
        .EnableParameterLogging()
        .BuildWritable()
        .AsNpgsqlDataSource();

    public NpgsqlDataSource Primary(string hosts) => new NpgsqlDataSourceBuilder($"Host={hosts}").BuildWritable().AsNpgsqlDataSource();

    public async Task<long> CountAsync()
    {
        await using var command = _lazy.Value.CreateCommand("select count(*) from orders");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // Watched: a library keeps it, and its pool heals.
    public void Watch()
    {
        _watched = NpgsqlDataSource.Create(connectionString);
        _watcher = RecoveryWatcher.Watch(_watched);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
            await _watcher.DisposeAsync();
        if (_lazy.IsValueCreated)
            await _lazy.Value.DisposeAsync();
        if (_kept is not null)
            await _kept.DisposeAsync();
    }
}
