using System.Data;
using System.Runtime.ExceptionServices;
using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>The user's work in a transaction. A synchronous one returns a completed task.</summary>
delegate ValueTask<T> Operation<T>(NpgsqlConnection connection, CancellationToken cancellationToken);

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

    /// <returns>A failure after which nothing is committed and another run may succeed; otherwise the result of the committed run.</returns>
    async ValueTask<(ExceptionDispatchInfo? Failure, T? Result)> RunOnceAsync<T>(
        Operation<T> operation, WriteTransactionOptions options, Patience patience, PassingFailures passing, bool async, CancellationToken cancellationToken)
    {
        var connection = await rents.RentAsync(patience, async, cancellationToken).ConfigureAwait(false);
        var server = tracker.ServerOf(connection);
        var replaced = tracker.ReplacementOf(server);
        // A synchronous operation has no token.
        using var stuck = cancelReplaced && async ? new StuckOperation(replaced, server.Endpoint.Host, cancellationToken) : null;
        var begun = Task.CompletedTask;
        var commit = new Commit(connection, async);
        NpgsqlTransaction? transaction = null;
        CommitReceipt? receipt = null;
        T result;
        try
        {
            try
            {
                transaction = async
                    ? await connection.BeginTransactionAsync(options.IsolationLevel, cancellationToken).ConfigureAwait(false)
                    : connection.BeginTransaction(options.IsolationLevel);
                if (stuck is not null)
                    await (begun = stuck.SendBeginAsync(connection)).WaitAsync(stuck.Token).ConfigureAwait(false);
                result = await operation(connection, stuck?.Token ?? cancellationToken).ConfigureAwait(false);
                ThrowUnlessIdle(connection.FullState);
                cancellationToken.ThrowIfCancellationRequested();
                // What a replaced primary acknowledges is lost.
                if (replaced.IsCancellationRequested)
                    return (PassingFailures.OfReplaced(server, connection, transaction), default);
                if (options.CommitOutcome == CommitOutcome.Resolve)
                    receipt = await outcomes.ReceiptAsync(connection, server, async, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // COMMIT was not sent.
                if (e is OperationCanceledException && replaced.IsCancellationRequested && Failures.Of(e) != Failure.UnknownCommit)
                    return (PassingFailures.OfReplaced(server, connection, transaction, e), default);
                if (await passing.IncludeAsync(e, connection, transaction, server, async).ConfigureAwait(false))
                    return (ExceptionDispatchInfo.Capture(e), default);
                throw;
            }

            // From here on the caller's token ends nothing: whoever cancels a COMMIT does not learn what it did.
            var answer = await commit.SendAsync(tracker.TimeProvider).ConfigureAwait(false);
            // It was frozen, or not fenced. Whether its successor has what it acknowledged by now, only that one can tell.
            if (answer == CommitAnswer.Committed && replaced.IsCancellationRequested)
                answer = CommitAnswer.Disbelieved;
            if (answer.Error is not { } error)
                return (null, result);
            if (answer.IsKnown)
            {
                if (!await passing.IncludeAsync(error, connection, answer.IsOver ? null : transaction, server, async).ConfigureAwait(false))
                    ExceptionDispatchInfo.Throw(error);
            }
            else if (await outcomes.IsCommittedAsync(receipt, server, error, options, patience, async, cancellationToken).ConfigureAwait(false))
                return (null, result);
            return (ExceptionDispatchInfo.Capture(error), default);
        }
        finally
        {
            // Giving a connection back ends its transaction, and the server may be frozen.
            if (commit.IsLate)
                commits[server].Late.Add(commit);
            else if (!begun.IsCompleted)
                _ = GiveBackAfterAsync(begun, connection);
            else if (replaced.IsCancellationRequested)
                AbandonableWork.Start("return to " + server.Endpoint.Host, () => _ = GiveBackAsync(connection, async: false));
            else
                await GiveBackAsync(connection, async).ConfigureAwait(false);
        }
    }

    static void ThrowUnlessIdle(ConnectionState afterOperation)
    {
        if ((afterOperation & ConnectionState.Broken) != 0)
            throw new NpgsqlException("The connection broke, and the operation returned as if it had not.");
        if (afterOperation == ConnectionState.Closed)
            throw new InvalidOperationException(
                "The operation closed its connection, which rolled its transaction back. Leave the connection open: it is given back after the commit.");
        if ((afterOperation & StillInUse) != 0)
            throw new InvalidOperationException(
                "The operation returned while a command or reader on its connection was still open, so its transaction is rolled back. Await every command, and dispose every reader.");
    }

    const ConnectionState StillInUse = ConnectionState.Executing | ConnectionState.Fetching;

    static ValueTask GiveBackAsync(NpgsqlConnection connection, bool async)
    {
        // Npgsql closes an open reader with its connection, but closing one whose command is still executing never ends.
        if ((connection.FullState & ConnectionState.Executing) == 0)
            return Quietly.DisposeAsync(connection, async);
        _ = GiveBackWhenIdleAsync(connection);
        return default;
    }

    static async Task GiveBackAfterAsync(Task work, NpgsqlConnection connection)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
    }

    static async Task GiveBackWhenIdleAsync(NpgsqlConnection connection)
    {
        // There is no event for it.
        while ((connection.FullState & ConnectionState.Executing) != 0)
            await Task.Delay(IdlePoll).ConfigureAwait(false);
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
    }

    static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);

    /// <summary>One operation. What it started and left behind may call again when it has ended.</summary>
    sealed class Running
    {
        public volatile bool HasEnded;
    }
}
