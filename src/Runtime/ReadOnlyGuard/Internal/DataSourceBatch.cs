using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// A batch that opens its connection for each execution and closes it after. The one that <see cref="DbDataSource"/> makes by itself
/// cannot create batch commands.
/// </summary>
sealed class DataSourceBatch(NpgsqlConnection connection) : DbBatch
{
    readonly NpgsqlBatch _batch = connection.CreateBatch();

    protected override DbBatchCommandCollection DbBatchCommands => _batch.BatchCommands;

    public override int Timeout
    {
        get => _batch.Timeout;
        set => _batch.Timeout = value;
    }

    /// <summary>Its own, for each execution: neither can be set.</summary>
    [AllowNull]
    protected override DbConnection DbConnection
    {
        get => throw OwnConnection();
        set => throw OwnConnection();
    }

    /// <inheritdoc cref="DbConnection"/>
    protected override DbTransaction? DbTransaction
    {
        get => null;
        set => throw OwnConnection();
    }

    static NotSupportedException OwnConnection()
        => new("A batch of the data source opens a connection of its own for each execution. For a transaction, open one and use its CreateBatch.");

    protected override DbBatchCommand CreateDbBatchCommand() => _batch.CreateBatchCommand();

    // Preparation belongs to one connection, and each execution may have another.
    public override void Prepare() => throw OwnConnection();

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => throw OwnConnection();

    public override void Cancel() => _batch.Cancel();

    public override int ExecuteNonQuery()
    {
        connection.Open();
        try
        {
            return _batch.ExecuteNonQuery();
        }
        finally
        {
            connection.Close();
        }
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    public override object? ExecuteScalar()
    {
        connection.Open();
        try
        {
            return _batch.ExecuteScalar();
        }
        finally
        {
            connection.Close();
        }
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _batch.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    // The reader closes the connection with itself.
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        connection.Open();
        try
        {
            return _batch.ExecuteReader(behavior | CommandBehavior.CloseConnection);
        }
        catch
        {
            connection.Close();
            throw;
        }
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _batch.ExecuteReaderAsync(behavior | CommandBehavior.CloseConnection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override void Dispose()
    {
        _batch.Dispose();
        connection.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
