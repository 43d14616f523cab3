using System.Data;
using System.Globalization;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>What a server says of a transaction.</summary>
enum XactStatus
{
    /// <summary>It did not say.</summary>
    NotTold,

    InProgress,

    /// <summary>Aborted, or a number that this server has not given to a transaction yet: not committed either way.</summary>
    NotCommitted,

    /// <summary>A transaction of this number is committed. Whether it is the one that was meant, a witness has to say.</summary>
    Committed,

    /// <summary>It is over, and so long ago that the server does not know any more how it ended.</summary>
    Forgotten,
}

/// <summary>What a witness says of a transaction, and of the server at the same moment.</summary>
readonly record struct Testimony(XactStatus Status, bool InRecovery, uint? Timeline);

/// <summary>The queries that find out what became of a transaction; they know SQL, not pools. PostgreSQL 13 or newer.</summary>
static class XactQuery
{
    const string InvalidParameterValue = "22023";

    // Assigns the id if the transaction has none yet: constraint triggers and NOTIFY may still write, inside COMMIT.
    const string Receipt =
        "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8, pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())";

    const string Self =
        "SELECT pg_catalog.pg_backend_pid(), pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())";

    const string Server =
        "pg_catalog.pg_is_in_recovery(), " + WriteCheckQuery.Timeline + ", pg_catalog.pg_backend_pid()";

    public static async ValueTask<(ulong TransactionId, double Instance)> TakeReceiptAsync(
        NpgsqlConnection connection, bool async, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(Receipt, connection);
        using var reader = async
            ? await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false)
            : command.ExecuteReader(CommandBehavior.SingleRow);
        _ = async ? await reader.ReadAsync(cancellationToken).ConfigureAwait(false) : reader.Read();
        return ((ulong)reader.GetInt64(0), reader.GetDouble(1));
    }

    /// <summary>
    /// Which server this is; <see langword="null"/> if the connection is not its own session there: a pooler in between gives the
    /// client a process id that is not the server's.
    /// </summary>
    public static double? Instance(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Self, connection);
        using var reader = command.ExecuteReader(CommandBehavior.SingleRow);
        reader.Read();
        return reader.GetInt32(0) == connection.ProcessID ? reader.GetDouble(1) : null;
    }

    /// <summary>The status, and whether the session that tells it is still the one that was opened.</summary>
    public static Testimony? Testify(NpgsqlConnection connection, ulong transactionId)
    {
        try
        {
            using var command = new NpgsqlCommand(QueryOf(transactionId) + ", " + Server, connection);
            using var reader = command.ExecuteReader(CommandBehavior.SingleRow);
            reader.Read();
            return reader.GetInt32(3) != connection.ProcessID ? null : new Testimony(
                StatusOf(reader.IsDBNull(0) ? null : reader.GetInt32(0)),
                reader.GetBoolean(1),
                WriteCheckQuery.TimelineOf(reader, 2));
        }
        catch (PostgresException e) when (e.SqlState == InvalidParameterValue)
        {
            // A number from the future, on the very server that gave it: then that server has lost it.
            return null;
        }
    }

    /// <summary>The status, from a connection to the present primary of the same cluster.</summary>
    public static async ValueTask<XactStatus> StatusAsync(
        NpgsqlConnection connection, ulong transactionId, TimeSpan timeout, bool async, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(QueryOf(transactionId), connection) { CommandTimeout = ConnectionString.WholeSeconds(timeout) };
        try
        {
            return StatusOf((async ? await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) : command.ExecuteScalar()) as int?);
        }
        catch (PostgresException e) when (e.SqlState == InvalidParameterValue)
        {
            return XactStatus.NotCommitted;
        }
    }

    // The number is ours, and the cast is to a built-in type: nothing to inject, and no operator that a search_path could replace.
    // A number comes back, as everywhere: an application may have a mapping of its own for text.
    static string QueryOf(ulong transactionId) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT pg_catalog.array_position(ARRAY['in progress', 'aborted', 'committed'], pg_catalog.pg_xact_status('{transactionId}'::pg_catalog.xid8))");

    static XactStatus StatusOf(int? position) => position switch
    {
        1 => XactStatus.InProgress,
        2 => XactStatus.NotCommitted,
        3 => XactStatus.Committed,
        null => XactStatus.Forgotten,
        _ => XactStatus.NotTold,
    };
}
