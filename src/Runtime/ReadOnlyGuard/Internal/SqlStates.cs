using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>What the error codes mean for a failover. It knows codes, not connections.</summary>
/// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
static class SqlStates
{
    const string ReadOnlySqlTransaction = "25006";

    // What a hot standby answers to BEGIN READ WRITE, to SET transaction_read_only = off and to a serializable transaction.
    const string FeatureNotSupported = "0A000";

    const string InsufficientPrivilege = "42501";
    const string UndefinedFunction = "42883";
    const string UndefinedTable = "42P01";
    const string UndefinedColumn = "42703";
    const string ObjectNotInPrerequisiteState = "55000";
    const string TooManyConnections = "53300";

    public static bool MeansReadOnly(string sqlState) => sqlState is ReadOnlySqlTransaction or FeatureNotSupported;

    /// <summary>A service that speaks PostgreSQL's protocol, or a role with rights revoked, cannot tell identity or timeline.</summary>
    public static bool MeansIdentityUnavailable(string sqlState) => sqlState
        is InsufficientPrivilege or UndefinedFunction or UndefinedTable or UndefinedColumn
        or FeatureNotSupported or ObjectNotInPrerequisiteState;

    /// <summary>
    /// Whether an attempt to connect that failed so may succeed a moment later, here or on another host. A wrong password, a missing
    /// database or a refused certificate will not.
    /// </summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        PostgresException { SqlState: TooManyConnections } => true,
        // A physical-connection initializer of the user's that cannot run on a standby.
        PostgresException e when MeansReadOnly(e.SqlState) => true,
        // Class 57P: shutting down, crashed, starting up. Class 08: connection failure, what poolers answer without a server.
        PostgresException e => e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException e => e.IsTransient,
        _ => exception is IOException or TimeoutException or System.Net.Sockets.SocketException,
    };
}
