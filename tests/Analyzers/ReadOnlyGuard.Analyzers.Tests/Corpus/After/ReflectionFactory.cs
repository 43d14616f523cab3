using System.Data.Common;
using Npgsql;

namespace Providers;

public static class ProviderFactory
{
    static ProviderFactory() => DbProviderFactories.RegisterFactory("Npgsql", NpgsqlFactory.Instance);

    public static DbConnection Create(string provider, string connectionString)
    {
        var connection = DbProviderFactories.GetFactory(provider).CreateConnection()!;
        connection.ConnectionString = connectionString;
        return connection;
    }

    public static DbConnection Postgres(string connectionString)
    {
        var connection = DbProviderFactories.GetFactory("Npgsql").CreateConnection()!;
        connection.ConnectionString = connectionString;
        return connection;
    }

    public static object Activated() => Activator.CreateInstance(typeof(NpgsqlConnection))!;
}
