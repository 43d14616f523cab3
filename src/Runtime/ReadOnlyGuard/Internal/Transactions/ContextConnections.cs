using System.Runtime.ExceptionServices;
using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Doors;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// What the guard does for connections that EF Core's contexts open and keep: their COMMITs, and the failures of their servers.
/// </summary>
sealed class ContextConnections(PrimaryTracker tracker, CommitOutcomes outcomes, Lazy<WaitingDataSource> waiting)
{
    /// <summary>Whether it is one of the source's: not a clone, and not one that was made to lead elsewhere.</summary>
    public bool Includes(NpgsqlConnection connection) => waiting.IsValueCreated && connection.ConnectionString == waiting.Value.Source.ConnectionString;

    /// <summary>The server of an open connection.</summary>
    public Server ServerOf(NpgsqlConnection connection) => tracker.ServerOf(connection);

    /// <summary>Something points to this server being down.</summary>
    public void Suspect(Server server, Exception because) => tracker.Suspect(server, server.NotAnswered with { Error = because });

    /// <summary>
    /// Asks a server whether it can be written to, over a connection of its pool. A suspicion has made sure that no rent trusts an older
    /// answer.
    /// </summary>
    public async ValueTask<bool> IsWritableAsync(Server server, bool async)
    {
        var generation = server.Pool.Generation;
        var connection = server.Pool.CreateConnection();
        try
        {
            using (Ambient.Suppress())
            {
                if (async)
                    await connection.OpenAsync().ConfigureAwait(false);
                else
                    connection.Open();
            }
        }
        catch (Exception e) when (Failures.MayPass(e))
        {
            Suspect(server, e);
            return false;
        }
        if (await server.ValidateAsync(connection, generation, async, CancellationToken.None).ConfigureAwait(false) is { } refusal)
        {
            tracker.Suspect(server, refusal.Answer);
            await server.TakeBackAsync(connection, generation, refusal, async).ConfigureAwait(false);
            return false;
        }
        await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// To be asked before COMMIT, and after it: what a replaced primary acknowledges is lost, unless its successor has it.
    /// </summary>
    /// <returns>The failure, if the server was replaced.</returns>
    public ExceptionDispatchInfo? Replaced(Server server)
        => tracker.ReplacementOf(server).IsCancellationRequested ? PassingFailures.OfReplaced(server) : null;

    /// <summary>
    /// What <see cref="IsCommittedAsync"/> needs, to be taken before COMMIT; <see langword="null"/> where the server cannot give it.
    /// </summary>
    public async ValueTask<CommitReceipt?> ReceiptAsync(NpgsqlConnection connection, Server server, bool async, CancellationToken cancellationToken)
        => connection.PostgreSqlVersion.Major < 13 ? null
            : await outcomes.ReceiptAsync(connection, server, async, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds out what became of a COMMIT that was not answered.</summary>
    /// <exception cref="CommitOutcomeUnknownException">It cannot be proven, or there is no receipt.</exception>
    public ValueTask<bool> IsCommittedAsync(Server server, CommitReceipt? receipt, Exception error, bool async)
        => outcomes.IsCommittedAsync(
            receipt, server, error, WriteTransactionOptions.Default, NewPatience(), async, CancellationToken.None);

    public Patience NewPatience() => tracker.NewPatience();

    /// <summary>What an open that waited in vain is told as.</summary>
    public NoWritableServerException InVain() => new(waiting.Value.FailoverTimeout, tracker.Answers, mayPass: true);
}
