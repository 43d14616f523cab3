using System.Data;
using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Validates the connections that somebody else opens (<see cref="WritableDataSource.CreateConnection"/>, and so Dapper and EF Core),
/// inside their own Open, and notices rented connections that break.
/// </summary>
/// <remarks>
/// StateChange fires inside Open, when commands already work. If the handler throws, Open throws it and returns the physical
/// connection that it took at first. After a swap that one was returned before, by Close; returned twice it would be handed out twice.
/// So a connection is swapped only when its first physical connection is beyond use (broken, or its pool cleared since it was opened),
/// and the second is closed before the handler throws.
/// </remarks>
sealed class OpenValidation
{
    // The Open of a swap raises the event again, on this thread, for this connection.
    [ThreadStatic]
    static NpgsqlConnection? t_swapping;

    readonly PrimaryTracker _tracker;
    readonly AmbientTransactions _ambient;
    readonly bool _enlists;
    readonly ILogger _logger;

    OpenValidation(PrimaryTracker tracker, AmbientTransactions ambient, bool enlists, ILogger logger)
        => (_tracker, _ambient, _enlists, _logger) = (tracker, ambient, enlists, logger);

    /// <summary>Makes every server's watched connections validate themselves.</summary>
    public static void Attach(PrimaryTracker tracker, AmbientTransactions ambient, bool enlists, ILogger logger)
    {
        var validation = new OpenValidation(tracker, ambient, enlists, logger);
        foreach (var server in tracker.Servers)
            server.Watcher = validation.HandlerOf(server);
    }

    StateChangeEventHandler HandlerOf(Server server) => (sender, change) =>
    {
        var connection = (NpgsqlConnection)sender;
        if (change.CurrentState == ConnectionState.Open)
        {
            if (connection != t_swapping)
                Opened(connection, server);
        }
        else if ((connection.FullState & ConnectionState.Broken) != 0)
            _tracker.Suspect(server, server.NotAnswered with { Error = new NpgsqlException("a connection to it broke") });
        else
            _ambient.Closed(connection);
    };

    void Opened(NpgsqlConnection connection, Server server)
    {
        _tracker.Peers.Watch();
        var physical = server.Physical(connection);
        if (_enlists && Transaction.Current is { } transaction)
            OpenedInside(transaction, connection, physical, server);
        else if (!server.IsFresh(physical) && !LentConnections.IsBeingOpened(connection))
            Validate(connection, physical, server);
    }

    void Validate(NpgsqlConnection connection, PhysicalConnection physical, Server server)
    {
        var stamp = server.Now();
        var answer = server.Check(connection, whenAbandoned: static () => { });
        if (server.Accept(physical, stamp, answer))
            return;

        _tracker.Suspect(server, answer);
        var late = ReferenceEquals(answer, server.Late);
        var cleared = late || answer.CondemnsPool;
        // A late check still uses its connection: cleared, Open closes it instead of pooling it.
        if (cleared)
            server.PutBeyondUse(physical, answer);

        var beyondUse = cleared || connection.State != ConnectionState.Open;
        if (beyondUse && !late && _tracker.OnlyServer is not null)
            answer = Swap(connection, server);
        if (answer.Role != ServerRole.Primary)
            throw new ReadOnlyServerException(answer, "Create a new connection and open it: by then the primary may be known.");
    }

    /// <summary>Gives the connection another physical connection; closes it again if that one is no better.</summary>
    ServerAnswer Swap(NpgsqlConnection connection, Server server)
    {
        t_swapping = connection;
        try
        {
            connection.Close();
            var generation = server.Generation;
            connection.Open();
            var physical = server.Physical(connection, generation);
            var stamp = server.Now();
            // Not bounded by a thread of its own: a late check could not be closed before throwing. Npgsql's command timeout bounds it.
            var answer = server.CheckHere(connection);
            if (server.Accept(physical, stamp, answer))
            {
                Log.ConnectionSwapped(_logger, server.Endpoint.Host, server.Endpoint.Port);
                return answer;
            }
            if (answer.CondemnsPool)
                server.ClearOnce(physical, answer);
            connection.Close();
            return answer;
        }
        finally
        {
            t_swapping = null;
        }
    }

    /// <summary>
    /// Npgsql has enlisted the connection before the event: it cannot be exchanged any more, and the write check would be the first
    /// statement of the user's transaction and take its snapshot.
    /// </summary>
    void OpenedInside(Transaction transaction, NpgsqlConnection connection, PhysicalConnection physical, Server server)
    {
        var answer = _ambient.Holds(transaction, physical, server) || server.IsFresh(physical)
            ? null : server.CheckInsideTransaction(connection);
        if (answer is null or { Role: ServerRole.Primary or ServerRole.ReadOnlyPrimary })
        {
            _ambient.Enlisted(connection, transaction, physical, server);
            return;
        }
        _tracker.Suspect(server, answer);
        // Closed, because the transaction still knows this physical connection and would roll it back under its next user.
        server.PutBeyondUse(physical, answer);
        throw new ReadOnlyServerException(answer, "End this transaction and run it again, with OpenConnection if you can: that validates before it enlists.");
    }
}
