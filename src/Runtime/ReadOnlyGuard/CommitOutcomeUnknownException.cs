using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard;

/// <summary>
/// COMMIT was sent, and its answer never came, or came from a server that had been replaced as the primary: the transaction may be committed or not. It was not run again, because that could do
/// its work twice.
/// </summary>
/// <remarks>The inner exception is what came instead of the answer, with what asking for the outcome ended in, where it was asked for.</remarks>
public sealed class CommitOutcomeUnknownException : NpgsqlException
{
    internal CommitOutcomeUnknownException(string host, int port, ulong? transactionId, Exception cause)
        : base(Describe(host, port, transactionId), cause)
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

    static string Describe(string host, int port, ulong? transactionId)
    {
        var id = transactionId is { } known ? string.Create(CultureInfo.InvariantCulture, $" of transaction {known}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"COMMIT{id} was sent to {host}:{port} and not answered, or not by the primary: it may be committed or not. Look for its effects before you run it again; ") +
            $"{nameof(WriteTransactionOptions)}.{nameof(WriteTransactionOptions.CommitOutcome)} and VerifyCommitted can do that for you.";
    }
}
