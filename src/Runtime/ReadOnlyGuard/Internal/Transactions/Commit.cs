using System.Data;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// Sends COMMIT so that its answer means what it says. PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and the one
/// outside of any with a warning; Npgsql looks at neither.
/// </summary>
/// <param name="connection">Whose transaction ends. It is handed over if the answer is late.</param>
sealed class Commit(NpgsqlConnection connection, bool async)
{
    // Fails in a failed transaction (25P02) and outside of any (25P01). Both statements end with one Sync: the server skips the second
    // when the first fails. As the last statement before COMMIT a savepoint costs neither an id nor a round trip.
    const string ProofOfLife = "SAVEPOINT readonlyguard_commit";

    const string FailedTransaction = "25P02";
    const string NoTransaction = "25P01";

    readonly CancellationTokenSource _abandoned = new();
    Task? _late;

    /// <summary>No answer came in time, and the connection waits for it still.</summary>
    public bool IsLate { get; private set; }

    /// <summary>Whether a late one was answered, or has failed, at last.</summary>
    public bool IsAnswered => _late is null or { IsCompleted: true };

    /// <summary>The server's process of the session that was sent the COMMIT.</summary>
    public int ProcessId { get; } = connection.ProcessID;

    /// <summary>A timestamp of the stopwatch.</summary>
    public long SentAt { get; private set; }

    /// <param name="timeProvider">Measures the connection's command timeout.</param>
    public async ValueTask<CommitAnswer> SendAsync(TimeProvider timeProvider)
    {
        // At its timeout Npgsql cancels a statement. A COMMIT that waits for a synchronous standby is then told as committed, although
        // the standby does not have it. So this one has none: it is abandoned instead, and its outcome unknown.
        var timeout = connection.CommandTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(connection.CommandTimeout);
        var batch = Batch(connection, timeoutSeconds: 0);
        SentAt = Stopwatch.GetTimestamp();
        if (!async)
        {
            var answer = AbandonableWork.Run("COMMIT", () => Send(batch), timeout, CommitAnswer.Late, whenAbandoned: _ => connection.Dispose());
            IsLate = answer == CommitAnswer.Late;
            return answer;
        }

        var sent = SendAsync(batch, _abandoned.Token);
        try
        {
            return await sent.WaitAsync(timeout, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _late = DisposeAfterAsync(sent, connection);
            IsLate = true;
            return CommitAnswer.Late;
        }
    }

    /// <summary>Ends a connection that still waits. A synchronous one ends only with its connection.</summary>
    public void Abandon() => AbandonableWork.Start("end of COMMIT", _abandoned.Cancel);

    /// <summary>
    /// For a connection that its owner closes, so that it cannot be abandoned together with a late COMMIT. At the timeout Npgsql cancels
    /// it, and what is answered from then on is not believed.
    /// </summary>
    /// <param name="timeoutSeconds">Zero waits for ever.</param>
    public static async ValueTask<CommitAnswer> SendInPlaceAsync(NpgsqlConnection connection, int timeoutSeconds, bool async)
    {
        var batch = Batch(connection, timeoutSeconds);
        var start = Environment.TickCount64;
        var answer = async ? await SendAsync(batch, CancellationToken.None).ConfigureAwait(false) : Send(batch);
        var mayBeCancelled = timeoutSeconds != 0 && Environment.TickCount64 - start >= timeoutSeconds * 1000L - TimerSlack;
        return mayBeCancelled && answer == CommitAnswer.Committed ? CommitAnswer.Late : answer;
    }

    // A timer may be early by a tick of the clock that it is compared with.
    const long TimerSlack = 20;

    static NpgsqlBatch Batch(NpgsqlConnection connection, int timeoutSeconds)
        => new(connection) { BatchCommands = { new(ProofOfLife), new("COMMIT") }, Timeout = timeoutSeconds };

    static CommitAnswer Send(NpgsqlBatch batch)
    {
        using var standby = new StandbyWait(batch.Connection!);
        try
        {
            batch.ExecuteNonQuery();
            return standby.WasCancelled ? CommitAnswer.WithoutStandby : CommitAnswer.Committed;
        }
        catch (Exception e)
        {
            return Failed(batch.Connection!, e);
        }
    }

    static async Task<CommitAnswer> SendAsync(NpgsqlBatch batch, CancellationToken abandoned)
    {
        using var standby = new StandbyWait(batch.Connection!);
        try
        {
            await batch.ExecuteNonQueryAsync(abandoned).ConfigureAwait(false);
            return standby.WasCancelled ? CommitAnswer.WithoutStandby : CommitAnswer.Committed;
        }
        catch (Exception e)
        {
            return Failed(batch.Connection!, e);
        }
    }

    static CommitAnswer Failed(NpgsqlConnection connection, Exception error) => error switch
    {
        PostgresException { SqlState: FailedTransaction } => CommitAnswer.Refused(new InvalidOperationException(
            "The operation returned although a statement of its transaction had failed, so PostgreSQL rolled the transaction back. Let the exception out, or put a savepoint before a statement that may fail.", error)),
        PostgresException { SqlState: NoTransaction } => CommitAnswer.Refused(EndedByOperation(error)),
        // The server's own answer, on a connection that lives: it did not commit. Anything else may have come instead of its answer.
        PostgresException { InvariantSeverity: "ERROR" } answered when connection.State == ConnectionState.Open && !SqlStates.MeansLost(answered.SqlState)
            => CommitAnswer.RolledBack(error),
        _ => CommitAnswer.Unknown(error),
    };

    public static InvalidOperationException EndedByOperation(Exception? error) => new(
        "The operation ended its transaction by itself, so what it did before is committed or rolled back already, and what it did after was not in it. Leave COMMIT and ROLLBACK to ExecuteInTransaction.", error);

    static async Task DisposeAfterAsync(Task<CommitAnswer> answer, NpgsqlConnection connection)
    {
        await answer.ConfigureAwait(false);
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
    }
}

/// <summary>What came of a COMMIT.</summary>
/// <param name="IsKnown">Whether the server said what it did.</param>
/// <param name="IsOver">Whether the transaction is, one way or the other. Else it is as it was, and still to be rolled back.</param>
/// <param name="Error">Why it is not committed, or not known to be; <see langword="null"/> if it is.</param>
readonly record struct CommitAnswer(bool IsKnown, bool IsOver, Exception? Error)
{
    public static readonly CommitAnswer Committed = new(IsKnown: true, IsOver: true, null);

    /// <summary>No answer in time. The connection is still waiting for it.</summary>
    public static readonly CommitAnswer Late = new(IsKnown: false, IsOver: false, new TimeoutException("COMMIT was not answered within the connection's Command Timeout."));

    /// <summary>An answer came, from a server that was replaced as the primary by then.</summary>
    public static readonly CommitAnswer Disbelieved = new(IsKnown: false, IsOver: true,
        new NpgsqlException("COMMIT was answered, but by then a promotion had replaced the server as the primary."));

    /// <summary>An answer came, and with it a warning that its synchronous standby was not waited for: a failover may lose it.</summary>
    public static readonly CommitAnswer WithoutStandby = new(IsKnown: false, IsOver: true, StandbyWait.Cancelled);

    /// <summary>The server did not come to the COMMIT.</summary>
    public static CommitAnswer Refused(Exception error) => new(IsKnown: true, IsOver: false, error);

    /// <summary>COMMIT failed.</summary>
    public static CommitAnswer RolledBack(Exception error) => new(IsKnown: true, IsOver: true, error);

    public static CommitAnswer Unknown(Exception error) => new(IsKnown: false, IsOver: false, error);
}
