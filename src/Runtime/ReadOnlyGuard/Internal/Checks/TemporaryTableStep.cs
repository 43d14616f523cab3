using Npgsql;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Checks;

/// <summary>A write that leaves nothing: outside a transaction, ON COMMIT DROP ends the table with its own statement.</summary>
static class TemporaryTableStep
{
    const string Sql = "CREATE TEMPORARY TABLE readonlyguard_write_check () ON COMMIT DROP";

    public static bool Run(NpgsqlConnection connection, TimeSpan timeout)
    {
        using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = ConnectionString.WholeSeconds(timeout) };
        try
        {
            command.ExecuteNonQuery();
            return true;
        }
        catch (PostgresException e) when (SqlStates.MeansReadOnly(e.SqlState))
        {
            return false;
        }
    }
}
