using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Shop.Composition;

public static class Registrations
{
    public static IServiceCollection AddShop(this IServiceCollection services, string connectionString) => services
        .AddWritableNpgsqlDataSource(connectionString, builder => builder.EnableParameterLogging())
        .AddWritableNpgsqlSlimDataSource(connectionString, serviceKey: "slim")
        .AddSingleton<Orders>();
}

public sealed class Orders(NpgsqlConnection connection)
{
    public Task OpenAsync() => connection.OpenAsync();
}
