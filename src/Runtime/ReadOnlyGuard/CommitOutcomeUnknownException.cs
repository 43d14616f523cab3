using System.Globalization;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard;

/// <summary>
/// COMMIT was sent, and its answer never came, or came from a server that had been replaced as the primary, or said that the synchronous
/// standby was not waited for: the transaction may be committed or not, or be lost in the next failover. It was not run again, because that
/// could do its work twice.
/// </summary>
/// <remarks>
/// The inner exception is what came instead of the answer, with what asking for the outcome ended in, where it was asked for.
/// </remarks>
public sealed class CommitOutcomeUnknownException : NpgsqlException
{
    internal CommitOutcomeUnknownException(string host, int port, ulong? transactionId, Exception cause)
        : base(Describe(host, port, transactionId, cause), cause)
        => (Host, Port, TransactionId) = (host, port, transactionId);

    /// <summary>The host that COMMIT was sent to, as the connection string names it.</summary>
    public string Host { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>
    /// The transaction's 64-bit id on that server, as <c>pg_xact_status</c> takes it; <see langword="null"/> unless
    /// <see cref="WriteTransactionOptions.CommitOutcome"/> is <see cref="CommitOutcome.Resolve"/>.
    /// </summary>
    public ulong? TransactionId { get; }

    /// <summary>Always <see langword="false"/>: whoever repeats transient failures must not repeat this one.</summary>
    public override bool IsTransient => false;

    static string Describe(string host, int port, ulong? transactionId, Exception cause)
    {
        if (cause == StandbyWait.Cancelled)
            return string.Create(CultureInfo.InvariantCulture,
                $"{host}:{port} has committed the transaction, but its wait for a synchronous standby was cancelled: a failover may lose it. Do not repeat it blindly: its rows are there. Look whether the standby has them, or bring the standby back.");
        var id = transactionId is { } known ? string.Create(CultureInfo.InvariantCulture, $" of transaction {known}") : "";
        // What ended the COMMIT stands first where it was asked for the outcome, too.
        var reason = Reason.Of(cause is AggregateException { InnerExceptions: [var first, ..] } ? first : cause);
        return string.Create(CultureInfo.InvariantCulture,
            $"COMMIT{id} was sent to {host}:{port}, and the primary did not answer it ({reason}): the transaction may be committed or not. Do not repeat it blindly: look whether its rows are there. ") +
            $"With {nameof(WriteTransactionOptions)}.{nameof(WriteTransactionOptions.CommitOutcome)} = {nameof(CommitOutcome)}.{nameof(CommitOutcome.Resolve)} or VerifyCommitted the guard finds out by itself.";
    }
}
