using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReadOnlyGuard;
using Xunit;

namespace Shop.IntegrationTests;

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);

/// <summary>A database for each class of tests, gone afterwards.</summary>
public sealed class ShopDatabase : IAsyncLifetime
{
    readonly string _name = $"shop_{Guid.NewGuid():n}";

    public string ConnectionString => $"Host=localhost;Database={_name}";

    public ShopContext CreateContext() => new(new DbContextOptionsBuilder<ShopContext>().UseWritableNpgsql(ConnectionString).Options);

    public async ValueTask InitializeAsync()
    {
        await using var context = CreateContext();
        await context.Database.EnsureDeletedAsync();
        await context.Database.EnsureCreatedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Or the database cannot be dropped.
        NpgsqlConnection.ClearAllPools();
        WritableDataSource.ClearAll();
        await DropAsync();
    }

    async Task DropAsync()
    {
        await using var connection = await WritableDataSource.For("Host=localhost;Database=postgres").OpenConnectionAsync();
        await using var drop = new NpgsqlCommand($"drop database {_name}", connection);
        await drop.ExecuteNonQueryAsync();
    }
}

public static class TestRun
{
    public static void OnExit() => AppDomain.CurrentDomain.ProcessExit += (_, _) => { NpgsqlConnection.ClearAllPools(); WritableDataSource.ClearAll(); };
}
