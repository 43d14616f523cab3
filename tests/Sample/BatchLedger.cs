using Npgsql;

namespace Ledger;

sealed class BatchLedger(string connectionString) : ILedger
{
    public async Task AppendAsync(int writer, long number, CancellationToken cancellationToken)
    {
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands = { new("insert into ledger values ($1, $2)") { Parameters = { new() { Value = writer }, new() { Value = number } } } },
            };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
