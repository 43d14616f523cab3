using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>What is known of a transaction before its COMMIT is sent, to ask for it afterwards.</summary>
/// <param name="TransactionId">Its 64-bit id.</param>
/// <param name="Cluster">The system identifier of its server; <see langword="null"/> where that is not told.</param>
/// <param name="Witness">Was open before COMMIT was sent.</param>
sealed record CommitReceipt(ulong TransactionId, long? Cluster, Witness? Witness);

/// <summary>Finds out what became of a transaction whose COMMIT was not answered, and says so only where it is proven.</summary>
/// <remarks>
/// "Aborted" is always a proof: had the transaction been committed, its number would say so on every server that has its commit.
/// "Committed" is none by itself. After a crash the server gives numbers again whose log it never flushed, without a new timeline;
/// after a promotion the new primary may do so too. docs/transactions.md draws both.
/// </remarks>
sealed class CommitOutcomes(
    PrimaryTracker tracker, Rents rents, Fence fence, IReadOnlyDictionary<Server, ServerCommits> commits, TimeSpan checkTimeout)
{
    /// <summary>One round trip. It fails in a transaction that has failed, as COMMIT's own proof does.</summary>
    public async ValueTask<CommitReceipt> ReceiptAsync(NpgsqlConnection connection, Server server, bool async, CancellationToken cancellationToken)
    {
        var cluster = fence.SystemIdentifier;
        var suspicions = server.Freshness.Suspicions;
        try
        {
            var (transactionId, instance) = await XactQuery.TakeReceiptAsync(connection, async, cancellationToken).ConfigureAwait(false);
            return new(transactionId, cluster, await commits[server].Witness.ForAsync(instance, suspicions, async).ConfigureAwait(false));
        }
        catch (PostgresException e) when (SqlStates.MeansUnknownFunction(e.SqlState))
        {
            throw new NotSupportedException(
                $"{nameof(WriteTransactionOptions)}.{nameof(WriteTransactionOptions.CommitOutcome)} is Resolve, which needs PostgreSQL 13 or newer. Set it to Throw.", e);
        }
    }

    /// <returns>Whether it is committed. If not, it is proven that it never will be.</returns>
    /// <exception cref="CommitOutcomeUnknownException">Neither could be proven.</exception>
    public async ValueTask<bool> IsCommittedAsync(
        CommitReceipt? receipt, Server server, Exception error, WriteTransactionOptions options, Patience patience, bool async, CancellationToken cancellationToken)
    {
        // The server is well, and has it. Whether another one has it too, nobody can tell.
        if (error == StandbyWait.Cancelled)
            throw Unknown(receipt, server, error);
        tracker.Suspect(server, server.NotAnswered with { Error = error });
        if (receipt is not null)
        {
            try
            {
                if (await AskAsync(receipt, server, options, patience, async, cancellationToken).ConfigureAwait(false) is { } committed)
                    return committed;
            }
            catch (Exception e)
            {
                error = new AggregateException(error, e);
            }
        }
        throw Unknown(receipt, server, error);
    }

    static CommitOutcomeUnknownException Unknown(CommitReceipt? receipt, Server server, Exception error)
        => new(server.Endpoint.Host, server.Endpoint.Port, receipt?.TransactionId, error);

    async ValueTask<bool?> AskAsync(
        CommitReceipt receipt, Server server, WriteTransactionOptions options, Patience patience, bool async, CancellationToken cancellationToken)
    {
        var witness = receipt.Witness;
        for (var attempt = 1; ; attempt++)
        {
            var status = witness is null ? null : await TestimonyAsync(witness, receipt, server, async).ConfigureAwait(false);
            if (status is null)
            {
                witness = null;
                bool? committed;
                (status, committed) = await AskPrimaryAsync(receipt, options, patience, async, cancellationToken).ConfigureAwait(false);
                if (status != XactStatus.InProgress)
                    return committed;
            }
            else if (status != XactStatus.InProgress)
                return status == XactStatus.Committed;

            if (!await patience.AgainAsync(attempt, async, cancellationToken).ConfigureAwait(false))
                return null;
        }
    }

    /// <summary>
    /// What a living witness says, on a server that no promotion has replaced; <see langword="null"/> if that is no proof.
    /// </summary>
    async ValueTask<XactStatus?> TestimonyAsync(Witness witness, CommitReceipt receipt, Server server, bool async)
    {
        var testimony = await AbandonableWork.RunAsync(
            "commit witness of " + server.Endpoint.Host, () => witness.Ask(receipt.TransactionId), checkTimeout, late: null, async).ConfigureAwait(false);
        return testimony switch
        {
            null or { InRecovery: true } or { Status: XactStatus.NotTold or XactStatus.Forgotten } => null,
            { Timeline: { } timeline } when receipt.Cluster is { } cluster && fence.Admit(server.Endpoint, cluster, timeline) != ServerRole.Primary => null,
            { Status: var status } => status,
        };
    }

    /// <summary>Asks the present primary, and where its answer proves nothing the caller's own check.</summary>
    async ValueTask<(XactStatus Status, bool? IsCommitted)> AskPrimaryAsync(
        CommitReceipt receipt, WriteTransactionOptions options, Patience patience, bool async, CancellationToken cancellationToken)
    {
        var (connection, _) = await rents.RentAsync(patience, async, cancellationToken).ConfigureAwait(false);
        try
        {
            // A number means nothing in another cluster.
            var status = receipt.Cluster is null || receipt.Cluster != fence.SystemIdentifier ? XactStatus.NotTold
                : await XactQuery.StatusAsync(connection, receipt.TransactionId, checkTimeout, async, cancellationToken).ConfigureAwait(false);
            if (status is XactStatus.InProgress)
                return (status, null);
            if (status is XactStatus.NotCommitted)
                return (status, false);

            bool? verified = async
                ? options.VerifyCommittedAsync is { } verifyAsync ? await verifyAsync(connection, cancellationToken).ConfigureAwait(false) : null
                : options.VerifyCommitted is { } verify ? verify(connection) : null;
            // "Not there" may mean "not yet", unless the server says that the transaction is over.
            return (status, verified == false && status == XactStatus.NotTold ? null : verified);
        }
        finally
        {
            await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
        }
    }
}
