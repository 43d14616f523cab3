using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Composition.Guarded;

public static class Registrations
{
    public static IServiceCollection AddShop(this IServiceCollection services, string connectionString) =>
        services.AddWritableNpgsqlDataSource(connectionString).AddScoped<Orders>();
}

public sealed class Orders(WritableDataSource source)
{
    public async Task AddAsync(string customer)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("insert into orders (customer) values ($1)", connection) { Parameters = { new() { Value = customer } } };
        await command.ExecuteNonQueryAsync();
    }

    public Task AddTwiceAsync(string customer) => source.ExecuteInTransactionAsync(async (connection, token) =>
    {
        for (var i = 0; i < 2; i++)
        {
            await using var command = new NpgsqlCommand("insert into orders (customer) values ($1)", connection) { Parameters = { new() { Value = customer } } };
            await command.ExecuteNonQueryAsync(token);
        }
    });
}
