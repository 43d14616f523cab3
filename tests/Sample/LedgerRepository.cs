using Dapper;
using Npgsql;

namespace Ledger;

sealed class LedgerRepository(string connectionString) : ILedger
{
    public async Task AppendAsync(int writer, long number)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync("insert into ledger values (@writer, @number)", new { writer, number });
    }

    async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
