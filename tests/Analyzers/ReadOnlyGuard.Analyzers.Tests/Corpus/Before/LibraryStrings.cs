using Hangfire.PostgreSql;
using Marten;

// As far as this file needs them.
namespace Hangfire.PostgreSql
{
    public class PostgreSqlBootstrapperOptions
    {
        public PostgreSqlBootstrapperOptions UseNpgsqlConnection(string connectionString) => this;

        public PostgreSqlBootstrapperOptions UseConnectionFactory(Func<Npgsql.NpgsqlConnection> factory) => this;
    }
}

namespace Marten
{
    public class StoreOptions
    {
        public void Connection(string connectionString)
        {
        }

        public void Connection(Npgsql.NpgsqlDataSource dataSource)
        {
        }
    }
}

namespace Shop.Libraries
{
    using ReadOnlyGuard;

    public static class Startup
    {
        public static void AddJobs(PostgreSqlBootstrapperOptions options, string connectionString) => options.UseNpgsqlConnection(connectionString);

        public static void AddStore(StoreOptions options, string connectionString)
        {
            options.Connection(connectionString);
        }

        public static void AddGuardedJobs(PostgreSqlBootstrapperOptions options, WritableDataSource source) =>
            options.UseConnectionFactory(source.OpenConnection);

        public static void AddGuardedStore(StoreOptions options, WritableDataSource source) => options.Connection(source.AsNpgsqlDataSource());
    }
}
