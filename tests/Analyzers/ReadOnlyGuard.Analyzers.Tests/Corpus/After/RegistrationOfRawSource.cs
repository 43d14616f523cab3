using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Shop.Composition.Raw;

public static class Registrations
{
    // The fix is withheld: somebody here asks for the raw type.
    public static void Add(IServiceCollection services, string connectionString)
    {
        services.AddNpgsqlDataSource(connectionString);
        services.AddSingleton<Orders>();
    }
}

public sealed class Orders(NpgsqlDataSource source)
{
    public NpgsqlConnection Connect() => source.OpenConnection();
}
