using System.Transactions;
using Npgsql;

namespace Bank;

public sealed class Transfers(string connectionString)
{
    public void Transfer(int from, int to, decimal amount)
    {
        using var scope = new TransactionScope(TransactionScopeOption.Required,
            new TransactionOptions { IsolationLevel = IsolationLevel.Serializable });
        using (var connection = new NpgsqlConnection(connectionString))
        {
            connection.Open();
            Book(connection, from, -amount);
            Book(connection, to, amount);
        }

        scope.Complete();
    }

    static void Book(NpgsqlConnection connection, int account, decimal amount)
    {
        using var command = new NpgsqlCommand("insert into bookings values ($1, $2)", connection);
        command.Parameters.AddWithValue(account);
        command.Parameters.AddWithValue(amount);
        command.ExecuteNonQuery();
    }
}
