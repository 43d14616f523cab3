using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Shop.Composition.Raw;

public static class Registrations
{
    // Who asks for an NpgsqlDataSource gets the guarded one.
    public static void Add(IServiceCollection services, string connectionString)
    {
        services.AddWritableNpgsqlDataSource(connectionString);
        services.AddSingleton<Orders>();
    }
}

public sealed class Orders(NpgsqlDataSource source)
{
    public NpgsqlConnection Connect() => source.OpenConnection();
}
