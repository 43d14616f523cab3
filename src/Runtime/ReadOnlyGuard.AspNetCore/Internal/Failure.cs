using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>What a failure says of the database, told by types, SQLSTATE and causes, never by words.</summary>
enum Failure
{
    /// <summary>Nothing that is known here. An unknown COMMIT is of this kind: whoever repeats the request may do its work twice.</summary>
    Other,

    /// <summary>No server could be written to for as long as a rent waits.</summary>
    NoWritableServer,

    /// <summary>A connection was not handed out because its server could not be written to; nobody waited.</summary>
    Refused,

    /// <summary>A statement was refused as read-only: by a server that turned, or in the application's own READ ONLY transaction.</summary>
    ReadOnly,

    /// <summary>The server or the connection went away in the middle. What was under way may have been done.</summary>
    Lost,
}

static class Failures
{
    public static Failure Of(Exception exception)
    {
        var failure = Failure.Other;
        foreach (var cause in Causes(exception))
        {
            switch (cause)
            {
                case CommitOutcomeUnknownException:
                    return Failure.Other;
                // An open that waited in vain; what it met at each host stands beside it.
                case NpgsqlException when SqlStates.MeansWaitedInVain(cause):
                    failure = Failure.NoWritableServer;
                    break;
                case NpgsqlException known when failure == Failure.Other:
                    failure = Of(known);
                    break;
            }
        }
        return failure;
    }

    static Failure Of(NpgsqlException exception) => exception switch
    {
        NoWritableServerException => Failure.NoWritableServer,
        ReadOnlyServerException => Failure.Refused,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => Failure.ReadOnly,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => Failure.Lost,
        PostgresException => Failure.Other,
        { InnerException: IOException or System.Net.Sockets.SocketException } => Failure.Lost,
        _ => Failure.Other,
    };

    static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
            if (exception is AggregateException { InnerExceptions: var several })
                foreach (var cause in several.Skip(1).SelectMany(Causes))
                    yield return cause;
        }
    }
}
