using Npgsql;
using ReadOnlyGuard;

namespace Shop.Library.Net;

/// <summary>For net8.0 and net10.0: what each of them compiles is fixed for both.</summary>
public sealed class Store(string connectionString)
{
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        var connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(cancellationToken);
        return connection;
    }

    readonly Lazy<NpgsqlDataSource> _source = new(() => WritableDataSource.Create(connectionString).AsNpgsqlDataSource());

    public NpgsqlCommand Count() => _source.Value.CreateCommand("select count(*) from orders");
}
