using System.Data;
using System.Runtime.ExceptionServices;
using Npgsql;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>The user's work in a transaction. A synchronous one returns a completed task.</summary>
delegate ValueTask<T> Operation<T>(NpgsqlConnection connection, CancellationToken cancellationToken);

/// <summary>How a run ended.</summary>
/// <param name="Failure">After which nothing is committed, and another run may succeed; <see langword="null"/> if this one is
/// committed.</param>
/// <param name="Result">Of the operation.</param>
readonly record struct RunEnd<T>(ExceptionDispatchInfo? Failure, T? Result)
{
    public static RunEnd<T> Committed(T result) => new(null, result);

    public static RunEnd<T> MayRunAgain(ExceptionDispatchInfo failure) => new(failure, default);

    public static RunEnd<T> MayRunAgain(Exception failure) => new(ExceptionDispatchInfo.Capture(failure), default);
}

/// <summary>One run of an operation on one rented connection: its transaction, its COMMIT, and how the connection is given back.</summary>
/// <param name="rented">The connection, which is the run's from now on.</param>
/// <param name="replaced">Cancelled when its server is replaced as the primary.</param>
/// <param name="stuck">Where the operation is cancelled then; an asynchronous one only.</param>
sealed class TransactionRun<T>(
    Rented rented, CancellationToken replaced, StuckOperation? stuck, Operation<T> operation, IsolationLevel isolation, bool async, CancellationToken cancellationToken)
{
    const ConnectionState StillInUse = ConnectionState.Executing | ConnectionState.Fetching;
    static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);

    readonly NpgsqlConnection _connection = rented.Connection;
    readonly Commit _commit = new(rented.Connection, async);
    Task _begun = Task.CompletedTask;

    /// <summary><see langword="null"/> until it was begun.</summary>
    public NpgsqlTransaction? Transaction { get; private set; }

    public bool WasReplaced => replaced.IsCancellationRequested;

    /// <summary>BEGIN, and the operation.</summary>
    public async ValueTask<T> OperateAsync()
    {
        Transaction = async
            ? await _connection.BeginTransactionAsync(isolation, cancellationToken).ConfigureAwait(false)
            : _connection.BeginTransaction(isolation);
        if (stuck is not null)
            await (_begun = stuck.SendBeginAsync(_connection)).WaitAsync(stuck.Token).ConfigureAwait(false);
        var result = await operation(_connection, stuck?.Token ?? cancellationToken).ConfigureAwait(false);
        ThrowUnlessIdle(_connection.FullState);
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>From here on the caller's token ends nothing: whoever cancels a COMMIT does not learn what it did.</summary>
    public async ValueTask<CommitAnswer> CommitAsync(TimeProvider timeProvider)
    {
        var answer = await _commit.SendAsync(timeProvider).ConfigureAwait(false);
        // It was frozen, or not fenced. Whether its successor has what it acknowledged by now, only that one can tell.
        return answer == CommitAnswer.Committed && WasReplaced ? CommitAnswer.Disbelieved : answer;
    }

    /// <summary>Giving a connection back ends its transaction, and the server may be frozen.</summary>
    /// <param name="late">Takes over a COMMIT that is not answered yet.</param>
    public async ValueTask GiveBackAsync(LateCommits late)
    {
        if (_commit.IsLate)
            late.Add(_commit);
        else if (!_begun.IsCompleted)
            _ = GiveBackAfterAsync(_begun);
        else if (WasReplaced)
            AbandonableWork.Start("return to " + rented.Server.Endpoint.Host, () => _ = GiveBackAsync(async: false));
        else
            await GiveBackAsync(async).ConfigureAwait(false);
    }

    ValueTask GiveBackAsync(bool async)
    {
        // Npgsql closes an open reader with its connection, but closing one whose command is still executing never ends.
        if ((_connection.FullState & ConnectionState.Executing) == 0)
            return Quietly.DisposeAsync(_connection, async);
        _ = GiveBackWhenIdleAsync();
        return default;
    }

    async Task GiveBackAfterAsync(Task work)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Quietly.DisposeAsync(_connection, async: true).ConfigureAwait(false);
    }

    async Task GiveBackWhenIdleAsync()
    {
        // There is no event for it.
        while ((_connection.FullState & ConnectionState.Executing) != 0)
            await Task.Delay(IdlePoll).ConfigureAwait(false);
        await Quietly.DisposeAsync(_connection, async: true).ConfigureAwait(false);
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
}
