using Npgsql;

namespace Shop.Library.Net;

/// <summary>For net8.0 and net10.0: what each of them compiles is fixed for both.</summary>
public sealed class Store(string connectionString)
{
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    readonly Lazy<NpgsqlDataSource> _source = new(() => NpgsqlDataSource.Create(connectionString));

    public NpgsqlCommand Count() => _source.Value.CreateCommand("select count(*) from orders");
}
