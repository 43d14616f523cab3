using System.Data;
using System.Runtime.ExceptionServices;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Says, of the failures of one guarded transaction that committed nothing, which another run may not meet again. It decides by
/// SQLSTATE, by the state of the connection, and where the code may have two causes by asking the server.
/// </summary>
sealed class PassingFailures(PrimaryTracker tracker)
{
    bool _readOnlyOnWritableServer;

    /// <param name="failure">What the operation, BEGIN or COMMIT ended with.</param>
    /// <param name="connection">Its connection; rolled back, and given back if the server cannot be written to.</param>
    /// <param name="transaction">Its transaction; <see langword="null"/> if BEGIN failed, or COMMIT was answered, with what ended it.</param>
    /// <param name="server">The server of the connection.</param>
    /// <exception cref="InvalidOperationException">The operation had ended the transaction by itself: what it committed must not be run again.</exception>
    public async ValueTask<bool> IncludeAsync(
        Exception failure, NpgsqlConnection connection, NpgsqlTransaction? transaction, Server server, bool async)
    {
        // An unknown COMMIT, of another source that the operation used, may have done its work: it must not be done again.
        if (First<NpgsqlException>(failure) is null || First<CommitOutcomeUnknownException>(failure) is not null)
            return false;
        // The server rolls back whatever a lost connection had begun.
        if ((connection.FullState & ConnectionState.Broken) != 0)
            return true;
        if (connection.State != ConnectionState.Open || First<PostgresException>(failure) is not { SqlState: var code })
            return false;

        var passes = SqlStates.MeansConflict(code) || SqlStates.MeansGoingAway(code);
        if (!passes && !SqlStates.MayMeanReadOnly(code))
            return false;
        if (transaction is not null && HasEnded(transaction))
            throw Commit.EndedByOperation(failure);
        return passes || await IsOfServerAsync(code, connection, transaction, server, async).ConfigureAwait(false);
    }

    /// <summary>The server was replaced before COMMIT was sent: nothing that the operation did is on the primary.</summary>
    /// <exception cref="InvalidOperationException">The operation had ended the transaction by itself, when the server may have been the primary yet.</exception>
    public static ExceptionDispatchInfo OfReplaced(Server server, NpgsqlConnection connection, NpgsqlTransaction? transaction, Exception? cancelled = null)
    {
        var failure = OfReplaced(server, cancelled);
        // A cancellation that a frozen server does not answer breaks the connection, and that ends the transaction too.
        var isBroken = (connection.FullState & ConnectionState.Broken) != 0;
        return isBroken || transaction is null || !HasEnded(transaction) ? failure : throw Commit.EndedByOperation(failure.SourceException);
    }

    public static ExceptionDispatchInfo OfReplaced(Server server, Exception? cancelled = null)
        => ExceptionDispatchInfo.Capture(ReadOnlyServerException.Replaced(server.NotAnswered with { Role = ServerRole.StalePrimary, Error = cancelled }));

    /// <summary>A read-only error may be the server's doing or the application's own READ ONLY transaction.</summary>
    async ValueTask<bool> IsOfServerAsync(
        string code, NpgsqlConnection connection, NpgsqlTransaction? transaction, Server server, bool async)
    {
        if (transaction is not null && !await RollBackAsync(transaction, async).ConfigureAwait(false))
            return true;
        var generation = server.Generation;
        var refusal = await server.ValidateAsync(connection, generation, async, CancellationToken.None).ConfigureAwait(false);
        if (refusal is not null)
        {
            tracker.Suspect(server, refusal);
            await server.TakeBackAsync(connection, generation, refusal, async).ConfigureAwait(false);
            return true;
        }
        // Either the application's own, or a pooler led to a standby a moment ago and leads to the primary now. One more run tells.
        var again = SqlStates.IsReadOnlyTransaction(code) && !_readOnlyOnWritableServer;
        _readOnlyOnWritableServer = true;
        return again;
    }

    /// <returns><see langword="false"/> if the connection broke over it.</returns>
    static async ValueTask<bool> RollBackAsync(NpgsqlTransaction transaction, bool async)
    {
        try
        {
            if (async)
                await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            else
                transaction.Rollback();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    // Npgsql tells it by refusing to tell anything else.
    static bool HasEnded(NpgsqlTransaction transaction)
    {
        try
        {
            _ = transaction.IsolationLevel;
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Libraries wrap what Npgsql throws, EF Core in a DbUpdateException.</summary>
    static T? First<T>(Exception? failure) where T : Exception
    {
        while (failure is not (null or T))
            failure = failure.InnerException;
        return (T?)failure;
    }
}
