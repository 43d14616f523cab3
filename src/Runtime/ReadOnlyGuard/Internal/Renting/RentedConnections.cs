using System.Data;
using System.Transactions;
using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;

namespace ReadOnlyGuard.Internal.Renting;

/// <summary>Notices rented connections that break, and validates those that their owner closes and opens again.</summary>
/// <remarks>
/// StateChange fires inside Open, when commands already work. If the handler throws, Open throws it and gives the physical connection back:
/// closed, if its pool was cleared before.
/// </remarks>
static class RentedConnections
{
    /// <param name="tracker">Learns of what they meet.</param>
    /// <param name="enlists">Whether opens are to be enlisted in an ambient transaction.</param>
    public static void Attach(PrimaryTracker tracker, bool enlists)
    {
        foreach (var server in tracker.Servers)
            server.Watcher = HandlerOf(server, tracker, enlists);
    }

    static StateChangeEventHandler HandlerOf(Server server, PrimaryTracker tracker, bool enlists) => (sender, change) =>
    {
        var connection = (NpgsqlConnection)sender;
        if (change.CurrentState == ConnectionState.Open)
            OpenedAgain(connection, server, tracker, enlists);
        else if ((connection.FullState & ConnectionState.Broken) != 0)
            tracker.Suspect(server, server.NotAnswered with { Error = new NpgsqlException("a connection to it broke") });
    };

    static void OpenedAgain(NpgsqlConnection connection, Server server, PrimaryTracker tracker, bool enlists)
    {
        if (enlists && Transaction.Current is not null)
            throw new InvalidOperationException(
                "A connection that was rented outside of this TransactionScope was opened again inside, and would not take part in it. Call OpenConnection inside the scope.");
        var physical = server.Physical(connection);
        if (server.Freshness.Includes(physical))
            return;
        var stamp = server.Freshness.Stamp();
        var (answer, isLate) = server.Checks.Check(connection, whenAbandoned: static _ => { });
        if (server.Freshness.Record(physical, stamp, answer))
            return;

        tracker.Suspect(server, answer);
        // A late check still uses its connection: cleared, Open closes it instead of pooling it.
        if (isLate || answer.CondemnsPool)
            server.Pool.PutBeyondUse(physical, answer);
        throw new ReadOnlyServerException(answer, "Rent another connection with OpenConnection[Async] instead of opening this one again: that waits for a writable server, for up to FailoverTimeout.");
    }
}
