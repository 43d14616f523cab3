using Npgsql;

namespace Ledger;

sealed class DirectLedger(string connectionString) : ILedger
{
    public async Task AppendAsync(int writer, long number, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("insert into ledger values ($1, $2)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = number } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
