using System.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Shop.Composition.ByHand;

public static class Registrations
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<IDbConnection>(_ => new NpgsqlConnection(configuration.GetConnectionString("Shop")));
        services.AddTransient(provider =>
        {
            var connection = new NpgsqlConnection(configuration.GetConnectionString("Shop")!);
            connection.Open();
            return connection;
        });
        services.AddScoped<NpgsqlConnection>();
        services.AddKeyedSingleton("audit", (_, key) => NpgsqlDataSource.Create($"Host=db;Database={key}"));
    }
}
