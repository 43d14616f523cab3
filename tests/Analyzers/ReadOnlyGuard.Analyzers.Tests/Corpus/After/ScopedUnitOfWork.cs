using Dapper;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Work;

public interface IUnitOfWork : IAsyncDisposable
{
    Task<int> ExecuteAsync(string sql, object? parameters = null);
    Task CommitAsync();
}

internal sealed class UnitOfWork : IUnitOfWork
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private UnitOfWork(NpgsqlConnection connection, NpgsqlTransaction transaction)
        => (_connection, _transaction) = (connection, transaction);

    public static async Task<IUnitOfWork> BeginAsync(string connectionString, CancellationToken ct)
    {
        NpgsqlConnection connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(ct);
        try
        {
            return new UnitOfWork(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task<int> ExecuteAsync(string sql, object? parameters) => _connection.ExecuteAsync(sql, parameters, _transaction);

    public Task CommitAsync() => _transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
