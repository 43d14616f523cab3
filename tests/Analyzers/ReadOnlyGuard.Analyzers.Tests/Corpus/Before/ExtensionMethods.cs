using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Shop.Extensions;

public static class ConfigurationExtensions
{
    public static NpgsqlConnection CreateConnection(this IConfiguration configuration, string name = "Default") =>
        new(configuration.GetConnectionString(name) ?? throw new InvalidOperationException($"No connection string '{name}'."));

    public static async ValueTask<NpgsqlConnection> OpenAsync(this IConfiguration configuration, string name, CancellationToken token = default)
    {
        var connection = configuration.CreateConnection(name);
        await connection.OpenAsync(token).ConfigureAwait(false);
        return connection;
    }
}
