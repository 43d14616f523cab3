using System.Runtime.ExceptionServices;
using System.Transactions;
using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>Runs operations in transactions, each in as many runs as it takes.</summary>
sealed class WriteTransactions(
    PrimaryTracker tracker, Rents rents, CommitOutcomes outcomes, IReadOnlyDictionary<Server, ServerCommits> commits, bool cancelReplaced, ILogger logger)
{
    readonly AsyncLocal<Running?> _running = new();

    public async ValueTask<T> RunAsync<T>(
        Operation<T> operation, WriteTransactionOptions options, bool async, CancellationToken cancellationToken)
    {
        if (Transaction.Current is not null)
            throw new InvalidOperationException(
                "ExecuteInTransaction was called inside a TransactionScope, which decides about its own commit. Call it outside, or use OpenConnection inside the scope.");
        if (_running.Value is { HasEnded: false })
            throw new InvalidOperationException(
                "ExecuteInTransaction was called inside another operation of the same data source. It would commit by itself, also when the outer one is run again. Use the connection that the outer operation was given.");

        // Flows into the operation; the runtime takes it back from the caller when this method returns.
        var running = _running.Value = new Running();
        tracker.Peers.Begin();
        try
        {
            return await RunToTheEndAsync(operation, options, async, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            tracker.Peers.End();
            running.HasEnded = true;
        }
    }

    /// <summary>The loop: one run after the other, until one is committed or its failure is final.</summary>
    async ValueTask<T> RunToTheEndAsync<T>(
        Operation<T> operation, WriteTransactionOptions options, bool async, CancellationToken cancellationToken)
    {
        var patience = tracker.NewPatience();
        var passing = new PassingFailures(tracker);
        for (var run = 1; ; run++)
        {
            var (failure, result) = await RunOnceAsync(operation, options, patience, passing, async, cancellationToken).ConfigureAwait(false);
            if (failure is null)
                return result!;
            if (run >= options.MaxAttempts || !await patience.AgainAsync(run, async, cancellationToken).ConfigureAwait(false))
                failure.Throw();
            Log.RunAgain(logger, run + 1, options.MaxAttempts, failure.SourceException.Message);
            Telemetry.TransactionsRunAgain.Add(1);
        }
    }

    async ValueTask<RunEnd<T>> RunOnceAsync<T>(
        Operation<T> operation, WriteTransactionOptions options, Patience patience, PassingFailures passing, bool async, CancellationToken cancellationToken)
    {
        var rented = await rents.RentAsync(patience, async, cancellationToken).ConfigureAwait(false);
        var (connection, server) = rented;
        var replaced = tracker.ReplacementOf(server);
        // A synchronous operation has no token.
        using var stuck = cancelReplaced && async ? new StuckOperation(replaced, server.Endpoint.Host, cancellationToken) : null;
        var run = new TransactionRun<T>(rented, replaced, stuck, operation, options.IsolationLevel, async, cancellationToken);
        try
        {
            T result;
            CommitReceipt? receipt = null;
            try
            {
                result = await run.OperateAsync().ConfigureAwait(false);
                // What a replaced primary acknowledges is lost.
                if (run.WasReplaced)
                    return RunEnd<T>.MayRunAgain(PassingFailures.OfReplaced(server, connection, run.Transaction));
                if (options.CommitOutcome == CommitOutcome.Resolve)
                    receipt = await outcomes.ReceiptAsync(connection, server, async, cancellationToken).ConfigureAwait(false);
            }
            // COMMIT was not sent.
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e is OperationCanceledException && run.WasReplaced && Failures.Of(e) != Failure.UnknownCommit)
                    return RunEnd<T>.MayRunAgain(PassingFailures.OfReplaced(server, connection, run.Transaction, e));
                if (await passing.IncludeAsync(e, connection, run.Transaction, server, async).ConfigureAwait(false))
                    return RunEnd<T>.MayRunAgain(e);
                throw;
            }

            var answer = await run.CommitAsync(tracker.TimeProvider).ConfigureAwait(false);
            if (answer.Error is not { } error)
                return RunEnd<T>.Committed(result);
            if (answer.IsKnown)
            {
                if (!await passing.IncludeAsync(error, connection, answer.IsOver ? null : run.Transaction, server, async).ConfigureAwait(false))
                    ExceptionDispatchInfo.Throw(error);
            }
            else if (await outcomes.IsCommittedAsync(receipt, server, error, options, patience, async, cancellationToken).ConfigureAwait(false))
                return RunEnd<T>.Committed(result);
            return RunEnd<T>.MayRunAgain(error);
        }
        finally
        {
            await run.GiveBackAsync(commits[server].Late).ConfigureAwait(false);
        }
    }

    /// <summary>One operation. What it started and left behind may call again when it has ended.</summary>
    sealed class Running
    {
        public volatile bool HasEnded;
    }
}
