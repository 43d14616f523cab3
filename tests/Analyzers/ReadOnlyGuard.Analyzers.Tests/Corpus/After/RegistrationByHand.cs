using System.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Composition.ByHand;

public static class Registrations
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<IDbConnection>(_ => WritableDataSource.For(configuration.GetConnectionString("Shop")!).CreateConnection());
        services.AddTransient(provider =>
        {
            var connection = WritableDataSource.For(configuration.GetConnectionString("Shop")!).OpenConnection();
            return connection;
        });
        services.AddScoped<NpgsqlConnection>();
        services.AddKeyedSingleton("audit", (_, key) => WritableDataSource.Create($"Host=db;Database={key}").AsNpgsqlDataSource());
    }
}
