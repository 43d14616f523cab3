using Npgsql;

namespace ReadOnlyGuard;

/// <summary>How a server is asked whether it can be written to.</summary>
/// <remarks>
/// Every check begins with the same query: identity, recovery state, <c>transaction_read_only</c> and timeline. It needs no privilege
/// but to connect. <see cref="TemporaryTable"/> and <see cref="Custom"/> add a step for servers that pass it.
/// </remarks>
public sealed class WriteCheck
{
    WriteCheck(Func<NpgsqlConnection, TimeSpan, bool>? step, Func<NpgsqlConnection, CancellationToken, Task<bool>>? asyncStep)
        => (Step, AsyncStep) = (step, asyncStep);

    /// <summary>Is given the check's timeout.</summary>
    internal Func<NpgsqlConnection, TimeSpan, bool>? Step { get; }

    /// <summary>Its token is cancelled when nobody waits for the check any more.</summary>
    internal Func<NpgsqlConnection, CancellationToken, Task<bool>>? AsyncStep { get; }

    /// <summary>The query alone: one round trip, reads only. The default.</summary>
    public static WriteCheck Query { get; } = new(null, null);

    /// <summary>
    /// The query, then a real write: a temporary table that is dropped at once. It costs one more round trip and catalogue churn, and
    /// the role needs the TEMPORARY privilege on the database.
    /// </summary>
    public static WriteCheck TemporaryTable { get; } = new(Internal.Checks.TemporaryTableStep.Run, null);

    /// <summary>The query, then a step of your own.</summary>
    /// <param name="step">
    /// Is given a connection that passed the query, and says whether it can be written to; <see langword="false"/> counts as
    /// <see cref="ServerRole.ReadOnlyPrimary"/>, an exception as no answer. It must leave the connection as it found it, and end by itself:
    /// give its commands a timeout. It runs on a thread of its own, because searches and synchronous rents must not need the thread pool.
    /// </param>
    /// <param name="asyncStep">The same for asynchronous rents; without it they run <paramref name="step"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="step"/> is <see langword="null"/>.</exception>
    public static WriteCheck Custom(
        Func<NpgsqlConnection, bool> step, Func<NpgsqlConnection, CancellationToken, Task<bool>>? asyncStep = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new((connection, _) => step(connection), asyncStep);
    }
}
