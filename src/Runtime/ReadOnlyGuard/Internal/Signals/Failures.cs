using Npgsql;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>What a failure says of the database.</summary>
enum Failure
{
    /// <summary>Nothing that is known here.</summary>
    Other,

    /// <summary>A COMMIT of somebody's was not answered: whoever does the work again may do it twice.</summary>
    UnknownCommit,

    /// <summary>No server could be written to for as long as an open waits.</summary>
    NoWritableServer,

    /// <summary>A connection was not handed out because its server could not be written to; nobody waited.</summary>
    Refused,

    /// <summary>A statement was refused as read-only: by a server that turned, or in the application's own READ ONLY transaction.</summary>
    ReadOnly,

    /// <summary>What a hot standby may answer too, and what follows on an error that the application kept to itself.</summary>
    PerhapsReadOnly,

    /// <summary>Two transactions came into each other's way.</summary>
    Conflict,

    /// <summary>The server said that it goes away.</summary>
    GoingAway,

    /// <summary>The connection broke, or none could be made.</summary>
    Broken,
}

/// <summary>
/// The one table of failures, told by types and SQLSTATE. Libraries wrap what Npgsql throws (EF Core in a DbUpdateException), and tasks
/// that ran side by side end in an AggregateException: every cause is looked at.
/// </summary>
static class Failures
{
    public static Failure Of(Exception failure)
    {
        if (First<CommitOutcomeUnknownException>(failure) is not null)
            return Failure.UnknownCommit;
        // What it was caused by in turn, such as the answer of each host, it has judged itself.
        return First<NpgsqlException>(failure) is { } outermost ? Of(outermost) : Failure.Other;
    }

    /// <summary>The first of a kind among a failure and all of its causes, the outermost first.</summary>
    public static T? First<T>(Exception? failure) where T : Exception => failure switch
    {
        null => null,
        T found => found,
        AggregateException { InnerExceptions: var several } => several.Select(First<T>).FirstOrDefault(found => found is not null),
        _ => First<T>(failure.InnerException),
    };

    static Failure Of(NpgsqlException failure) => failure switch
    {
        CommitOutcomeUnknownException => Failure.UnknownCommit,
        NoWritableServerException => Failure.NoWritableServer,
        ReadOnlyServerException => Failure.Refused,
        // What was met at each host stands beside it.
        _ when MeansWaitedInVain(failure) => Failure.NoWritableServer,
        PostgresException { SqlState: var code } => Of(code),
        { InnerException: NpgsqlException inner } => Of(inner),
        { InnerException: IOException or System.Net.Sockets.SocketException } => Failure.Broken,
        { InnerException: AggregateException } when MayPass(failure) => Failure.Broken,
        _ => Failure.Other,
    };

    static Failure Of(string code)
        => SqlStates.MeansConflict(code) ? Failure.Conflict
            : SqlStates.MeansGoingAway(code) ? Failure.GoingAway
            : SqlStates.IsReadOnlyTransaction(code) ? Failure.ReadOnly
            : SqlStates.MayMeanReadOnly(code) ? Failure.PerhapsReadOnly
            : Failure.Other;

    /// <summary>Whether an open waited for a writable server for as long as it may.</summary>
    public static bool MeansWaitedInVain(Exception failure)
        => failure is PostgresException { SqlState: SqlStates.WaitedInVain }
            || failure.InnerException is AggregateException { InnerExceptions: var hosts } && hosts.Any(MeansWaitedInVain);

    /// <summary>
    /// Whether an attempt to connect that failed so may succeed a moment later, here or on another host. A wrong password, a missing
    /// database or a refused certificate will not.
    /// </summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        PostgresException { SqlState: SqlStates.TooManyConnections } => true,
        // A physical-connection initializer of the user's that cannot run on a standby.
        PostgresException e when SqlStates.MeansReadOnly(e.SqlState) => true,
        // Somebody has waited for a writable server already.
        NoWritableServerException or PostgresException { SqlState: SqlStates.WaitedInVain } => false,
        PostgresException { SqlState: SqlStates.WaitIsOver } => true,
        PostgresException e => SqlStates.MeansLost(e.SqlState),
        NpgsqlException { InnerException: AggregateException { InnerExceptions: var hosts } }
            => hosts.Any(MayPass) && !hosts.Any(MeansWaitedInVain),
        NpgsqlException e => e.IsTransient,
        _ => exception is IOException or TimeoutException or System.Net.Sockets.SocketException,
    };
}
