using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Factories;

public enum Status { New, Paid }

public static class Registrations
{
    public static void Add(IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        services.AddSingleton<Func<string, NpgsqlDataSource>>(_ => database => NpgsqlDataSource.Create($"{connectionString};Database={database}"));
        services.AddKeyedSingleton<NpgsqlDataSource>("mapped", (_, _) =>
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            builder.MapEnum<Status>();
            return builder.Build();
        });
    }
}

public sealed class Sources(string connectionString) : IAsyncDisposable
{
    readonly Lazy<NpgsqlDataSource> _lazy = new(() => NpgsqlDataSource.Create(connectionString));
    NpgsqlDataSource? _kept;
    NpgsqlDataSource? _watched;
    RecoveryWatcher? _watcher;

    public NpgsqlDataSource Kept => _kept ??= new NpgsqlDataSourceBuilder(connectionString)
        .EnableParameterLogging()
        .Build();

    public NpgsqlDataSource Primary(string hosts) => new NpgsqlDataSourceBuilder($"Host={hosts}").BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);

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
