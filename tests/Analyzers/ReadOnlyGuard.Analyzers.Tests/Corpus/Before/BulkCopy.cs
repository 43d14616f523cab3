using Npgsql;
using NpgsqlTypes;

namespace Import;

public sealed class PriceImport
{
    readonly string _connectionString;

    public PriceImport(string connectionString) => _connectionString = connectionString;

    public async Task<ulong> ImportAsync(IAsyncEnumerable<(string Sku, decimal Price)> prices, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false); // the COPY needs it open
        await using var writer = await connection.BeginBinaryImportAsync("copy prices (sku, price) from stdin (format binary)", cancellationToken);
        await foreach (var (sku, price) in prices.WithCancellation(cancellationToken))
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(sku, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(price, NpgsqlDbType.Numeric, cancellationToken);
        }

        return await writer.CompleteAsync(cancellationToken);
    }
}
