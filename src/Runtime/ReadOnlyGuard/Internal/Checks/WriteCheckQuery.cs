using System.Data;
using Npgsql;

namespace ReadOnlyGuard.Internal.Checks;

/// <summary>What the query of the write check answered. Identity and timeline are absent where the service does not tell them.</summary>
readonly record struct CheckRow(bool InRecovery, bool ReadOnly, long? SystemIdentifier, uint? Timeline)
{
    /// <summary>Of one that answers nothing else.</summary>
    public static readonly CheckRow OfStandby = new(InRecovery: true, ReadOnly: true, SystemIdentifier: null, Timeline: null);
}

/// <summary>
/// The query of the write check; it knows SQL, not pools. Everything in it is qualified with <c>pg_catalog</c> and it uses no
/// operator, so that a hostile search_path cannot answer for it. It needs no privilege but to connect.
/// </summary>
static class WriteCheckQuery
{
    // pg_walfile_name is right at once after a promotion, where pg_control_checkpoint() lags; on a standby it raises 55000, hence CASE.
    // A WAL file's name begins with it, eight hexadecimal digits.
    public const string Timeline =
        "CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE pg_catalog.concat('x', pg_catalog.substr(" +
        "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::pg_catalog.bit(32)::pg_catalog.int8 END";

    const string Full = RoleOnly + ", (SELECT system_identifier FROM pg_catalog.pg_control_system()), " + Timeline;

    // Booleans and numbers alone: an application may have a mapping of its own for text, which its connections are read with.
    const string RoleOnly =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool";

    public static NpgsqlCommand Command(NpgsqlConnection connection, bool identity, int timeoutSeconds)
        => new(identity ? Full : RoleOnly, connection) { CommandTimeout = timeoutSeconds };

    public static async ValueTask<CheckRow> RunAsync(NpgsqlCommand command, bool async)
    {
        if (!async)
        {
            using var row = command.ExecuteReader(CommandBehavior.SingleRow);
            row.Read();
            return RowOf(row);
        }
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync().ConfigureAwait(false);
            return RowOf(reader);
        }
    }

    /// <summary>
    /// Whether the session cannot write. A hot standby refuses every query of a session whose transactions are serializable (0A000); SHOW
    /// needs no snapshot, and is answered, unless Npgsql has broken the connection because the reset before the query was refused too.
    /// </summary>
    public static async ValueTask<bool> ShowsReadOnlyAsync(NpgsqlConnection connection, int timeoutSeconds, bool async)
    {
        if (connection.State != ConnectionState.Open)
            return true;
        using var command = new NpgsqlCommand("SHOW transaction_read_only", connection) { CommandTimeout = timeoutSeconds };
        return (async ? await command.ExecuteScalarAsync().ConfigureAwait(false) : command.ExecuteScalar()) is "on";
    }

    static CheckRow RowOf(NpgsqlDataReader reader)
    {
        var identity = reader.FieldCount > 2;
        return new(
            reader.GetBoolean(0),
            reader.GetBoolean(1),
            identity && !reader.IsDBNull(2) ? reader.GetInt64(2) : null,
            identity ? TimelineOf(reader, 3) : null);
    }

    /// <summary>What <see cref="Timeline"/> answered.</summary>
    public static uint? TimelineOf(NpgsqlDataReader reader, int column)
        => !reader.IsDBNull(column) && reader.GetInt64(column) is > 0 and var timeline ? (uint)timeline : null;
}
