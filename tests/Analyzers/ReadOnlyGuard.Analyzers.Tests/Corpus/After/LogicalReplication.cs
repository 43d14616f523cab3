using Npgsql.Replication;
using Npgsql.Replication.PgOutput;

namespace Cdc;

public static class ChangeFeed
{
    // ROG013 is off by default: a standby may be meant.
    public static async Task RunAsync(string connectionString, CancellationToken token)
    {
        await using var connection = new LogicalReplicationConnection(connectionString);
        await connection.Open(token);
        var slot = new PgOutputReplicationSlot("feed");
        await foreach (var message in connection.StartReplication(slot, new PgOutputReplicationOptions("all", PgOutputProtocolVersion.V1), token))
        {
            Console.WriteLine(message);
            connection.SetReplicationStatus(message.WalEnd);
        }
    }
}
