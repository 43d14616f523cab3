using Npgsql;

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
        return new NpgsqlConnection(builder.ConnectionString);
    }

    public NpgsqlConnection CreateOwn() => new(tenant.ConnectionString);

    public async Task<NpgsqlConnection> CreateOpenAsync(CancellationToken token)
    {
        var connection = tenant.ConnectionString is { } own ? new NpgsqlConnection(own) : Create();
        await connection.OpenAsync(token);
        return connection;
    }
}
