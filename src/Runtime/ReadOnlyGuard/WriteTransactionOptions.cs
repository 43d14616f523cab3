using System.Data;
using Npgsql;

namespace ReadOnlyGuard;

/// <summary>
/// How <see cref="WritableDataSource.ExecuteInTransactionAsync(Func{NpgsqlConnection, CancellationToken, Task}, WriteTransactionOptions?,
/// CancellationToken)"/> runs a transaction.
/// </summary>
public sealed class WriteTransactionOptions
{
    internal static readonly WriteTransactionOptions Default = new();

    /// <summary>The isolation level of the transaction.</summary>
    /// <value><see cref="System.Data.IsolationLevel.ReadCommitted"/> by default, as PostgreSQL's own.</value>
    public IsolationLevel IsolationLevel { get; set; } = IsolationLevel.ReadCommitted;

    /// <summary>How often the operation runs at most, the first time included.</summary>
    /// <value>
    /// Ten by default; 1 never runs it again. <see cref="WritableDataSourceOptions.FailoverTimeout"/> bounds the time from the first
    /// failure; when that is zero nothing is run again either.
    /// </value>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>What is done when COMMIT was sent and no answer came.</summary>
    /// <value><see cref="CommitOutcome.Throw"/> by default.</value>
    public CommitOutcome CommitOutcome { get; set; }

    /// <summary>
    /// Asked, with <see cref="CommitOutcome.Resolve"/>, where the server cannot prove what became of the transaction: whether its
    /// effects are there, by a key of your own that it wrote. For <c>ExecuteInTransaction</c>.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: then such an outcome is thrown as unknown. It is given a connection to the present primary,
    /// outside of any transaction, and must only read. <see langword="true"/> means committed; <see langword="false"/> that the operation
    /// may run again.
    /// </value>
    public Func<NpgsqlConnection, bool>? VerifyCommitted { get; set; }

    /// <summary>As <see cref="VerifyCommitted"/>, for <c>ExecuteInTransactionAsync</c>.</summary>
    public Func<NpgsqlConnection, CancellationToken, Task<bool>>? VerifyCommittedAsync { get; set; }

    internal void Validate(bool async)
    {
        if (IsolationLevel is not (IsolationLevel.Unspecified or IsolationLevel.ReadUncommitted or IsolationLevel.ReadCommitted
            or IsolationLevel.RepeatableRead or IsolationLevel.Snapshot or IsolationLevel.Serializable))
            throw Invalid(nameof(IsolationLevel), $"is {IsolationLevel}, which PostgreSQL does not have", "Use ReadCommitted, RepeatableRead or Serializable.");
        if (MaxAttempts < 1)
            throw Invalid(nameof(MaxAttempts), $"is {MaxAttempts}", "Set it to 1 or more.");
        if (!Enum.IsDefined(CommitOutcome))
            throw Invalid(nameof(CommitOutcome), $"is {CommitOutcome}", "Set it to Throw or Resolve.");
        if (CommitOutcome == CommitOutcome.Throw && (VerifyCommitted ?? (object?)VerifyCommittedAsync) is not null)
            throw Invalid(nameof(VerifyCommitted), "is set, and CommitOutcome.Throw never asks it", "Set CommitOutcome to Resolve.");
        if (async ? VerifyCommitted is not null && VerifyCommittedAsync is null : VerifyCommittedAsync is not null && VerifyCommitted is null)
            throw Invalid(async ? nameof(VerifyCommittedAsync) : nameof(VerifyCommitted), "is not set, and the other one is never asked here",
                async ? "Set it, or call ExecuteInTransaction." : "Set it, or call ExecuteInTransactionAsync.");
    }

    static ArgumentException Invalid(string option, string problem, string remedy)
        => new($"{nameof(WriteTransactionOptions)}.{option} {problem}. {remedy}", "options");
}
