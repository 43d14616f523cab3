using System.Data;
using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>What the query of the write check answered. Identity and timeline are absent where the service does not tell them.</summary>
readonly record struct CheckRow(bool InRecovery, bool ReadOnly, long? SystemIdentifier, uint? Timeline);

/// <summary>
/// The query of the write check; it knows SQL, not pools. Everything in it is qualified with <c>pg_catalog</c> and it uses no
/// operator, so that a hostile search_path cannot answer for it. It needs no privilege but to connect.
/// </summary>
static class WriteCheckQuery
{
    // pg_walfile_name is right at once after a promotion, where pg_control_checkpoint() lags; on a standby it raises 55000, hence CASE.
    const string Full =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only'), " +
        "(SELECT system_identifier FROM pg_catalog.pg_control_system()), " +
        "CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END";

    const string RoleOnly =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";

    // SHOW takes no snapshot, and SET TRANSACTION is still allowed after it.
    const string InsideTransaction = "SHOW transaction_read_only";

    public static NpgsqlCommand Command(NpgsqlConnection connection, bool identity, int timeoutSeconds)
        => new(identity ? Full : RoleOnly, connection) { CommandTimeout = timeoutSeconds };

    public static CheckRow Run(NpgsqlCommand command)
    {
        using var reader = command.ExecuteReader(CommandBehavior.SingleRow);
        reader.Read();
        return RowOf(reader);
    }

    /// <summary>
    /// What can be learnt inside a user's transaction. That it is read-only comes from the server; whether the server is a standby or
    /// set read-only is what its session parameters say, and they came with the same answer.
    /// </summary>
    public static ServerRole RoleInsideTransaction(NpgsqlConnection connection, TimeSpan timeout)
    {
        using var command = new NpgsqlCommand(InsideTransaction, connection) { CommandTimeout = ConnectionString.WholeSeconds(timeout) };
        if ((string?)command.ExecuteScalar() != "on")
            return ServerRole.Primary;
        var session = connection.PostgresParameters;
        return session.GetValueOrDefault("in_hot_standby") == "off" && session.GetValueOrDefault("default_transaction_read_only") == "on"
            ? ServerRole.ReadOnlyPrimary : ServerRole.HotStandby;
    }

    static CheckRow RowOf(NpgsqlDataReader reader)
    {
        var identity = reader.FieldCount > 2;
        return new(
            reader.GetBoolean(0),
            reader.GetString(1) == "on",
            identity && !reader.IsDBNull(2) ? reader.GetInt64(2) : null,
            identity && !reader.IsDBNull(3) ? TimelineOf(reader.GetString(3)) : null);
    }

    /// <summary>A WAL file's name begins with the timeline, eight hexadecimal digits.</summary>
    public static uint? TimelineOf(string walFile)
        => walFile.Length >= 8 && uint.TryParse(walFile.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var timeline)
            ? timeline : null;
}
