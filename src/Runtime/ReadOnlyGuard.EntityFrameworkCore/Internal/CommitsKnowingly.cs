using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// Sends a context's COMMIT as guarded transactions do: it fails in a failed transaction, is not cancelled, and when it is not answered
/// its outcome is unknown.
/// </summary>
sealed class CommitsKnowingly(ContextGuard guard) : DbTransactionInterceptor
{
    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return CommitAsync(transaction, eventData, result, async: true);
    }

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
        => CommitAsync(transaction, eventData, result, async: false).Completed();

    async ValueTask<InterceptionResult> CommitAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, bool async)
    {
        if (result.IsSuppressed || transaction is not NpgsqlTransaction { Connection: { } connection } npgsql)
            return result;
        // Npgsql refuses it, where the transaction has ended already.
        _ = npgsql.IsolationLevel;

        var timeout = eventData.Context?.Database.GetCommandTimeout() ?? connection.CommandTimeout;
        var (host, port) = (connection.Host!, connection.Port);
        var answer = await Commit.SendInPlaceAsync(connection, timeout, async).ConfigureAwait(false);
        if (answer.Error is not { } error)
        {
            guard.Run.Committed();
            return InterceptionResult.Suppress();
        }
        if (!answer.IsKnown)
        {
            if (guard.Owns(connection, out var lent))
                guard.Source.Lent.Suspect(lent, error);
            throw new CommitOutcomeUnknownException(host, port, transactionId: null, error);
        }
        ExceptionDispatchInfo.Throw(error);
        return result;
    }
}
