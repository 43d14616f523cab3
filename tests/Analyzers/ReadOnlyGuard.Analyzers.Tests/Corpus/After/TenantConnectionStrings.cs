using Npgsql;
using ReadOnlyGuard;

namespace Tenants.Strings;

public interface ITenant
{
    string Id { get; }
    string? ConnectionString { get; }
}

public class TenantConnections(ITenant tenant, string template)
{
    public NpgsqlConnection Create()
    {
        var builder = new NpgsqlConnectionStringBuilder(template) { Database = "tenant_" + tenant.Id, ApplicationName = "shop" };
        return WritableDataSource.For(builder.ConnectionString).CreateConnection();
    }

    public NpgsqlConnection CreateOwn() => WritableDataSource.For(tenant.ConnectionString!).CreateConnection();

    public async Task<NpgsqlConnection> CreateOpenAsync(CancellationToken token)
    {
        var connection = tenant.ConnectionString is { } own ? WritableDataSource.For(own).CreateConnection() : Create();
        await connection.OpenAsync(token);
        return connection;
    }
}
