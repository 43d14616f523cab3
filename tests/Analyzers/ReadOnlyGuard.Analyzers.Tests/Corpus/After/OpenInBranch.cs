using System.Data;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Branches;

public class UnitOfWork(string connectionString)
{
    NpgsqlTransaction? _transaction;

    public void Save(bool transactional)
    {
        using var connection = WritableDataSource.For(connectionString).CreateConnection();
        if (transactional)
        {
            connection.Open();
            _transaction = connection.BeginTransaction();
        }
        else
        {
            connection.Open();
        }
    }

    public void Ensure(NpgsqlConnection? connection)
    {
        connection ??= WritableDataSource.For(connectionString).CreateConnection();
        if (connection.State != ConnectionState.Open)
            connection.Open();
        _transaction = connection.BeginTransaction(IsolationLevel.Serializable);
    }

    public async Task RetryAsync()
    {
        await using var connection = WritableDataSource.For(connectionString).CreateConnection();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await connection.OpenAsync();
                break;
            }
            catch (NpgsqlException) when (attempt < 3)
            {
                await Task.Delay(100);
            }
        }
    }
}
