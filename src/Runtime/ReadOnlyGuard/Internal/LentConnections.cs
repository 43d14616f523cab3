using System.Data;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Transactions;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Connections that an owner keeps, and opens and closes again and again: those of EF Core's contexts. The owner has them validated when
/// they are open, which needs no blocking inside Open.
/// </summary>
sealed class LentConnections(PrimaryTracker tracker, CommitOutcomes outcomes, bool enlists)
{
    static readonly ConditionalWeakTable<NpgsqlConnection, Loan> Loans = new();

    /// <summary>Unopened, of the primary as far as it is known: nothing is searched for.</summary>
    public NpgsqlConnection Create() => Create(tracker.OnlyServer ?? tracker.Primary?.Server ?? tracker.Servers[0]);

    NpgsqlConnection Create(Server server)
    {
        var connection = server.CreateConnection();
        server.Watch(connection);
        Loans.Add(connection, new(this, server, connection.ConnectionString));
        return connection;
    }

    /// <summary>Whether it is one of these, and its owner has not made it lead elsewhere since.</summary>
    public bool Includes(NpgsqlConnection connection)
        => Loans.TryGetValue(connection, out var loan) && loan.From == this && loan.ConnectionString == connection.ConnectionString;

    /// <summary>Where a connection leads, whatever its state: Npgsql does not tell it of a broken one.</summary>
    public Endpoint EndpointOf(NpgsqlConnection lent) => ServerOf(lent).Endpoint;

    Server ServerOf(NpgsqlConnection lent) => Loans.TryGetValue(lent, out var loan) ? loan.Server : throw new ArgumentException("Not lent.", nameof(lent));

    /// <summary>The connection to open now that the primary is the server of a connection that was just rented.</summary>
    /// <returns>The same one, unless its server is another one.</returns>
    public NpgsqlConnection For(NpgsqlConnection rented, NpgsqlConnection lent)
    {
        var server = tracker.ServerOf(rented);
        return ServerOf(lent) == server ? lent : Create(server);
    }

    /// <summary>From now on the connection's Open does not validate it: its owner does, with <see cref="RefusalAsync"/>.</summary>
    public static void Opening(NpgsqlConnection connection) => SetBeingOpened(connection, true);

    public static void EndOpening(NpgsqlConnection connection) => SetBeingOpened(connection, false);

    public static bool IsBeingOpened(NpgsqlConnection connection) => Loans.TryGetValue(connection, out var loan) && loan.IsBeingOpened;

    static void SetBeingOpened(NpgsqlConnection connection, bool isBeingOpened)
    {
        if (Loans.TryGetValue(connection, out var loan))
            loan.IsBeingOpened = isBeingOpened;
    }

    /// <summary>Checks an open connection.</summary>
    /// <returns>Why it must not be used; it has to be closed then.</returns>
    public async ValueTask<ReadOnlyServerException?> RefusalAsync(NpgsqlConnection connection, bool async)
    {
        // Validated before it was enlisted, or inside its own Open.
        if (enlists && Transaction.Current is not null)
            return null;
        var server = ServerOf(connection);
        if (await server.ValidateInPlaceAsync(connection, async).ConfigureAwait(false) is not { } refusal)
            return null;
        tracker.Suspect(server, refusal);
        if (refusal.CondemnsPool && connection.State == ConnectionState.Open)
            server.ClearOnce(server.Physical(connection), refusal);
        return new ReadOnlyServerException(refusal, "Try again: by then the primary may be known.");
    }

    /// <summary>Something points to the server of this connection being down.</summary>
    public void Suspect(NpgsqlConnection connection, Exception because)
    {
        var server = ServerOf(connection);
        tracker.Suspect(server, server.NotAnswered with { Error = because });
    }

    /// <summary>
    /// Asks the server of a connection that was given back whether it can be written to, over a connection of its pool. A suspicion has
    /// made sure that no rent trusts an older answer.
    /// </summary>
    public async ValueTask<bool> IsWritableAsync(NpgsqlConnection like, bool async)
    {
        var server = ServerOf(like);
        var generation = server.Generation;
        var connection = server.CreateConnection();
        try
        {
            using (AmbientTransactions.Suppress())
            {
                if (async)
                    await connection.OpenAsync().ConfigureAwait(false);
                else
                    connection.Open();
            }
        }
        catch (NpgsqlException e) when (SqlStates.MayPass(e))
        {
            Suspect(like, e);
            return false;
        }
        if (await server.ValidateAsync(connection, generation, async, CancellationToken.None).ConfigureAwait(false) is { } refusal)
        {
            tracker.Suspect(server, refusal);
            await server.TakeBackAsync(connection, generation, refusal, async).ConfigureAwait(false);
            return false;
        }
        await Server.DisposeAsync(connection, async).ConfigureAwait(false);
        return true;
    }

    /// <summary>To be asked before COMMIT, and after it: what a replaced primary acknowledges is lost, unless its successor has it.</summary>
    /// <returns>The failure, if the connection's server was replaced since it was opened.</returns>
    public ExceptionDispatchInfo? Replaced(NpgsqlConnection connection)
        => ServerOf(connection) is var server && tracker.Replaced(server).IsCancellationRequested ? PassingFailures.OfReplaced(server) : null;

    /// <summary>What <see cref="IsCommittedAsync"/> needs, to be taken before COMMIT; <see langword="null"/> where the server cannot give it.</summary>
    public async ValueTask<CommitReceipt?> ReceiptAsync(NpgsqlConnection connection, bool async, CancellationToken cancellationToken)
        => connection.PostgreSqlVersion.Major < 13 ? null
            : await outcomes.ReceiptAsync(connection, ServerOf(connection), async, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds out what became of a COMMIT that was not answered.</summary>
    /// <exception cref="CommitOutcomeUnknownException">It cannot be proven, or there is no receipt.</exception>
    public ValueTask<bool> IsCommittedAsync(NpgsqlConnection connection, CommitReceipt? receipt, Exception error, bool async)
        => outcomes.IsCommittedAsync(
            receipt, ServerOf(connection), error, WriteTransactionOptions.Default, NewPatience(), async, CancellationToken.None);

    public Patience NewPatience() => tracker.NewPatience();

    sealed class Loan(LentConnections from, Server server, string connectionString)
    {
        public LentConnections From { get; } = from;
        public Server Server { get; } = server;
        public string ConnectionString { get; } = connectionString;
        public volatile bool IsBeingOpened;
    }
}
