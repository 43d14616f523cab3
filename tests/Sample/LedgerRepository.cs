using Dapper;
using Npgsql;

namespace Ledger;

sealed class LedgerRepository(string connectionString) : ILedger
{
    public async Task AppendAsync(int writer, long number, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await connection.ExecuteAsync("insert into ledger values (@writer, @number)", new { writer, number });
    }

    async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
