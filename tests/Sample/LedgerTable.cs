using Dapper;
using Npgsql;

namespace Ledger;

sealed class LedgerTable(string connectionString)
{
    public void Create()
    {
        // Dapper opens the connection itself.
        using var connection = Connect();
        connection.Execute("create table if not exists ledger (writer int, number bigint, primary key (writer, number))");
    }

    NpgsqlConnection Connect() => new(connectionString);
}
