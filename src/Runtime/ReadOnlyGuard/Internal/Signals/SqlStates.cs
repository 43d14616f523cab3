namespace ReadOnlyGuard.Internal.Signals;

/// <summary>What the error codes mean for a failover. It knows codes, not connections.</summary>
/// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
static class SqlStates
{
    const string ReadOnlySqlTransaction = "25006";

    // What a hot standby answers to BEGIN READ WRITE, to SET transaction_read_only = off and to a serializable transaction.
    const string FeatureNotSupported = "0A000";

    const string InsufficientPrivilege = "42501";
    const string UndefinedFunction = "42883";
    const string UndefinedObject = "42704";
    const string UndefinedTable = "42P01";
    const string UndefinedColumn = "42703";
    const string ObjectNotInPrerequisiteState = "55000";
    // A WAL file whose name does not begin with a timeline.
    const string InvalidTextRepresentation = "22P02";
    public const string TooManyConnections = "53300";
    const string SerializationFailure = "40001";
    const string DeadlockDetected = "40P01";
    const string InFailedTransaction = "25P02";

    /// <summary>
    /// What a waiting room answers, in a class that PostgreSQL leaves to others. Npgsql takes it neither for transient nor for critical, so
    /// that it does not mark the room as offline: whoever opens a connection next must find the room open.
    /// </summary>
    public const string WaitedInVain = "ROG01";

    /// <summary>The same, when the open can go on to the next host.</summary>
    public const string WaitIsOver = "ROG02";

    public static bool MeansReadOnly(string sqlState) => sqlState is ReadOnlySqlTransaction or FeatureNotSupported;

    /// <summary>
    /// Whether the server behind the failure may be one that cannot be written to any more: a check has to tell. 25P02 follows on an
    /// error that the application kept to itself.
    /// </summary>
    public static bool MayMeanReadOnly(string sqlState) => MeansReadOnly(sqlState) || sqlState == InFailedTransaction;

    /// <summary>Of a server that is too old, or only speaks PostgreSQL's protocol: no such function or type.</summary>
    public static bool MeansUnknownFunction(string sqlState) => sqlState is UndefinedFunction or UndefinedObject;

    public static bool IsReadOnlyTransaction(string sqlState) => sqlState == ReadOnlySqlTransaction;

    /// <summary>Of a hot standby to a serializable transaction, among others.</summary>
    public static bool MeansFeatureNotSupported(string sqlState) => sqlState == FeatureNotSupported;

    /// <summary>A service that speaks PostgreSQL's protocol, or a role with rights revoked, cannot tell identity or timeline.</summary>
    public static bool MeansIdentityUnavailable(string sqlState) => sqlState
        is InsufficientPrivilege or UndefinedFunction or UndefinedTable or UndefinedColumn
        or FeatureNotSupported or ObjectNotInPrerequisiteState or InvalidTextRepresentation;

    /// <summary>Two transactions came into each other's way: PostgreSQL asks for the whole to be run again.</summary>
    public static bool MeansConflict(string sqlState) => sqlState is SerializationFailure or DeadlockDetected;

    /// <summary>The server is shutting down, another of its processes crashed, or it is starting up.</summary>
    public static bool MeansGoingAway(string sqlState) => sqlState is "57P01" or "57P02" or "57P03";

    /// <summary>
    /// The server has ended this session because it was idle, or its transaction took too long: <c>idle_session_timeout</c>,
    /// <c>idle_in_transaction_session_timeout</c>, <c>transaction_timeout</c>. The server is well.
    /// </summary>
    public static bool MeansSessionTimedOut(string sqlState) => sqlState is "57P05" or "25P03" or "25P04";

    /// <summary>
    /// The server or the way to it is lost, if this is the answer to an attempt to connect or to COMMIT. Class 57P: shutting down, crashed,
    /// starting up. Class 08: connection failure, what poolers answer without a server.
    /// </summary>
    public static bool MeansLost(string sqlState)
        => sqlState.StartsWith("57P", StringComparison.Ordinal) && !MeansSessionTimedOut(sqlState) || sqlState.StartsWith("08", StringComparison.Ordinal);
}
