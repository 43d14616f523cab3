using Microsoft.Extensions.Configuration;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Extensions;

public static class ConfigurationExtensions
{
    public static NpgsqlConnection CreateConnection(this IConfiguration configuration, string name = "Default") =>
        WritableDataSource.For(configuration.GetConnectionString(name) ?? throw new InvalidOperationException($"No connection string '{name}'.")).CreateConnection();

    public static async ValueTask<NpgsqlConnection> OpenAsync(this IConfiguration configuration, string name, CancellationToken token = default)
    {
        var connection = configuration.CreateConnection(name);
        await connection.OpenAsync(token).ConfigureAwait(false);
        return connection;
    }
}
