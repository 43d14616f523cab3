using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Internal.Transactions;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// Sends a context's COMMIT as guarded transactions do: it fails in a failed transaction, is not cancelled, and when it is not answered
/// its outcome is unknown.
/// </summary>
sealed class CommitsKnowingly(ContextGuard guard) : DbTransactionInterceptor
{
    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        => CommitAsync(transaction, eventData, result, async: true, cancellationToken);

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
        => CommitAsync(transaction, eventData, result, async: false, CancellationToken.None).Completed();

    async ValueTask<InterceptionResult> CommitAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, bool async, CancellationToken cancellationToken)
    {
        // What the user gave the context is the user's, COMMIT included.
        if (result.IsSuppressed || transaction is not NpgsqlTransaction { Connection: { } connection } npgsql || !guard.Knows(connection, out var server))
            return result;
        // Npgsql refuses it, where the transaction has ended already.
        _ = npgsql.IsolationLevel;

        var connections = guard.Connections;
        var receipt = guard.Run.WillBeVerified ? await connections.ReceiptAsync(connection, server, async, cancellationToken).ConfigureAwait(false) : null;
        cancellationToken.ThrowIfCancellationRequested();
        connections.Replaced(server)?.Throw();
        var timeout = eventData.Context?.Database.GetCommandTimeout() ?? connection.CommandTimeout;
        var answer = await Commit.SendInPlaceAsync(connection, timeout, async).ConfigureAwait(false);
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
        return InterceptionResult.Suppress();
    }
}
