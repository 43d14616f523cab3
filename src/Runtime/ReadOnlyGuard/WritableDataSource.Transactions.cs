using Npgsql;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Internal.Transactions;

namespace ReadOnlyGuard;

public sealed partial class WritableDataSource
{
    /// <summary>
    /// Runs an operation in a transaction of its own and commits it. Runs the whole again, on a new connection, after a failure that
    /// proves that nothing was committed: the server turned read-only or was lost, or PostgreSQL asks for it (40001, 40P01).
    /// </summary>
    /// <param name="operation">
    /// The work. It is given an open connection inside the transaction and the caller's token. It may run more than once, so it has no
    /// other effects than those on its connection; it lets exceptions out, and neither commits nor rolls back.
    /// </param>
    /// <param name="options">How; the defaults if <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends it at any time until COMMIT is sent, never after.</param>
    /// <exception cref="CommitOutcomeUnknownException">COMMIT was sent and not answered, and what became of it could not be
    /// proven.</exception>
    /// <exception cref="NoWritableServerException">None within <see cref="WritableDataSourceOptions.FailoverTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// Inside a TransactionScope or another operation of this source; or the operation swallowed an error of PostgreSQL's, ended the
    /// transaction, closed the connection or left a command running. Nothing was committed, except by the operation itself.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <remarks>Any other exception is the operation's own: its transaction was rolled back, and it is thrown unchanged.</remarks>
    public Task ExecuteInTransactionAsync(
        Func<NpgsqlConnection, CancellationToken, Task> operation, WriteTransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return RunAsync<object?>(
            async (connection, token) =>
            {
                await operation(connection, token).ConfigureAwait(false);
                return null;
            },
            options, async: true, cancellationToken).AsTask();
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{NpgsqlConnection, CancellationToken, Task}, WriteTransactionOptions?,
    /// CancellationToken)"/>
    /// <returns>What the run that was committed returned.</returns>
    public Task<T> ExecuteInTransactionAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> operation, WriteTransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return RunAsync(
            async (connection, token) => await operation(connection, token).ConfigureAwait(false),
            options, async: true, cancellationToken).AsTask();
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{NpgsqlConnection, CancellationToken, Task}, WriteTransactionOptions?,
    /// CancellationToken)"/>
    public void ExecuteInTransaction(Action<NpgsqlConnection> operation, WriteTransactionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        RunAsync<object?>(
            (connection, _) =>
            {
                operation(connection);
                return new((object?)null);
            },
            options, async: false, CancellationToken.None).Completed();
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync{T}(Func{NpgsqlConnection, CancellationToken, Task{T}}, WriteTransactionOptions?,
    /// CancellationToken)"/>
    public T ExecuteInTransaction<T>(Func<NpgsqlConnection, T> operation, WriteTransactionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return RunAsync((connection, _) => new ValueTask<T>(operation(connection)), options, async: false, CancellationToken.None).Completed();
    }

    ValueTask<T> RunAsync<T>(Operation<T> operation, WriteTransactionOptions? options, bool async, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        options ??= WriteTransactionOptions.Default;
        options.Validate(async);
        return _cluster.Transactions.RunAsync(operation, options, async, cancellationToken);
    }
}
