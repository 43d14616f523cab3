using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Internal.Transactions;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>Makes a context's transactions guarded ones.</summary>
sealed class GuardedTransactions(RelationalTransactionFactoryDependencies dependencies) : RelationalTransactionFactory(dependencies)
{
    public override RelationalTransaction Create(
        IRelationalConnection connection, DbTransaction transaction, Guid transactionId, IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger,
        bool transactionOwned)
        => new GuardedTransaction(
            connection.Context.GetService<ContextGuard>(), connection, transaction, transactionId, logger, transactionOwned, Dependencies.SqlGenerationHelper);
}

/// <summary>
/// Sends a context's COMMIT as guarded transactions do: it fails in a failed transaction, is not cancelled, and when it is not answered
/// its outcome is unknown. Interceptors see what they see of every transaction, in the same order.
/// </summary>
sealed class GuardedTransaction(
    ContextGuard guard, IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
    IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned, ISqlGenerationHelper sqlGenerationHelper)
    : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sqlGenerationHelper)
{
    readonly DbTransaction _transaction = transaction;

    public override void Commit() => CommitAsync(async: false, CancellationToken.None).Completed();

    public override Task CommitAsync(CancellationToken cancellationToken = default) => CommitAsync(async: true, cancellationToken).AsTask();

    async ValueTask CommitAsync(bool async, CancellationToken cancellationToken)
    {
        var (began, time) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        try
        {
            var committing = async
                ? await Logger.TransactionCommittingAsync(Connection, _transaction, TransactionId, began, cancellationToken).ConfigureAwait(false)
                : Logger.TransactionCommitting(Connection, _transaction, TransactionId, began);
            if (!committing.IsSuppressed)
                await SendAsync(async, cancellationToken).ConfigureAwait(false);
            if (async)
                await Logger.TransactionCommittedAsync(Connection, _transaction, TransactionId, began, time.Elapsed, cancellationToken).ConfigureAwait(false);
            else
                Logger.TransactionCommitted(Connection, _transaction, TransactionId, began, time.Elapsed);
        }
        catch (Exception e)
        {
            if (async)
                await Logger.TransactionErrorAsync(Connection, _transaction, TransactionId, "Commit", e, began, time.Elapsed, cancellationToken).ConfigureAwait(false);
            else
                Logger.TransactionError(Connection, _transaction, TransactionId, "Commit", e, began, time.Elapsed);
            throw;
        }
        if (async)
            await ClearTransactionAsync(cancellationToken).ConfigureAwait(false);
        else
            ClearTransaction();
    }

    async ValueTask SendAsync(bool async, CancellationToken cancellationToken)
    {
        if (_transaction is NpgsqlTransaction { Connection: { } connection } npgsql && guard.Knows(connection, out var server))
            await SendKnowinglyAsync(npgsql, connection, server, guard.Connections, async, cancellationToken).ConfigureAwait(false);
        // What the user gave the context is the user's, COMMIT included.
        else if (async)
            await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        else
            _transaction.Commit();
    }

    async ValueTask SendKnowinglyAsync(
        NpgsqlTransaction transaction, NpgsqlConnection connection, Server server, ContextConnections connections, bool async, CancellationToken cancellationToken)
    {
        // Npgsql refuses it, where the transaction has ended already.
        _ = transaction.IsolationLevel;

        var receipt = guard.Run.WillBeVerified ? await connections.ReceiptAsync(connection, server, async, cancellationToken).ConfigureAwait(false) : null;
        cancellationToken.ThrowIfCancellationRequested();
        connections.Replaced(server)?.Throw();
        var timeout = Connection.Context.Database.GetCommandTimeout() ?? connection.CommandTimeout;
        var answer = await ReadOnlyGuard.Internal.Transactions.Commit.SendInPlaceAsync(connection, timeout, async).ConfigureAwait(false);
        if (answer == CommitAnswer.Committed && connections.Replaced(server) is not null)
            answer = CommitAnswer.Disbelieved;
        if (answer.Error is { } error)
        {
            var isCommitted = !answer.IsKnown && await connections.IsCommittedAsync(server, receipt, error, async).ConfigureAwait(false);
            if (!isCommitted)
            {
                guard.Run.IsProvenUndone |= !answer.IsKnown;
                ExceptionDispatchInfo.Throw(error);
            }
        }
        guard.Run.Committed();
    }
}
