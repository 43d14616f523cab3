using System.Data;
using System.Runtime.ExceptionServices;
using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// Says, of the failures of one guarded transaction that committed nothing, which another run may not meet again. It decides by
/// SQLSTATE, by the state of the connection, and where the code may have two causes by asking the server.
/// </summary>
sealed class PassingFailures(PrimaryTracker tracker)
{
    bool _readOnlyOnWritableServer;

    /// <param name="failure">What the operation, BEGIN or COMMIT ended with.</param>
    /// <param name="connection">Its connection; rolled back, and given back if the server cannot be written to.</param>
    /// <param name="transaction">Its transaction; <see langword="null"/> if BEGIN failed, or COMMIT was answered, with what ended
    /// it.</param>
    /// <param name="server">The server of the connection.</param>
    /// <exception cref="InvalidOperationException">The operation had ended the transaction by itself: what it committed must not be run
    /// again.</exception>
    public async ValueTask<bool> IncludeAsync(
        Exception failure, NpgsqlConnection connection, NpgsqlTransaction? transaction, Server server, bool async)
    {
        // An unknown COMMIT, of another source that the operation used, may have done its work: it must not be done again.
        var kind = Failures.Of(failure);
        if (kind == Failure.UnknownCommit || Failures.First<NpgsqlException>(failure) is null)
            return false;
        // The server rolls back whatever a lost connection had begun.
        if ((connection.FullState & ConnectionState.Broken) != 0)
            return true;
        if (connection.State != ConnectionState.Open)
            return false;

        var passes = kind is Failure.Conflict or Failure.GoingAway;
        if (!passes && kind is not (Failure.ReadOnly or Failure.PerhapsReadOnly))
            return false;
        if (transaction is not null && HasEnded(transaction))
            throw Commit.EndedByOperation(failure);
        return passes || await IsOfServerAsync(kind, connection, transaction, server, async).ConfigureAwait(false);
    }

    /// <summary>The server was replaced before COMMIT was sent: nothing that the operation did is on the primary.</summary>
    /// <exception cref="InvalidOperationException">The operation had ended the transaction by itself, when the server may have been the
    /// primary yet.</exception>
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
        Failure kind, NpgsqlConnection connection, NpgsqlTransaction? transaction, Server server, bool async)
    {
        if (transaction is not null && !await RollBackAsync(transaction, async).ConfigureAwait(false))
            return true;
        var generation = server.Pool.Generation;
        var refusal = await server.ValidateAsync(connection, generation, async, CancellationToken.None).ConfigureAwait(false);
        if (refusal is not null)
        {
            tracker.Suspect(server, refusal.Answer);
            await server.TakeBackAsync(connection, generation, refusal, async).ConfigureAwait(false);
            return true;
        }
        // Either the application's own, or a pooler led to a standby a moment ago and leads to the primary now. One more run tells.
        var again = kind == Failure.ReadOnly && !_readOnlyOnWritableServer;
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
}
