using System.Net.Sockets;
using Npgsql;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// Says in a few words why a server gave no answer. Npgsql's outermost exception says only that it could not connect, or read.
/// </summary>
static class Reason
{
    public static string Of(Exception error) => Innermost(error) switch
    {
        PostgresException e => $"{e.SqlState}: {e.MessageText}",
        // No failure of the server or of the way to it: what it is says more than its message.
        not (NpgsqlException or SocketException or IOException or TimeoutException) and var e => $"{e.GetType().Name}: {e.Message}",
        var e => e.Message,
    };

    /// <summary>Whether no address belongs to the host's name.</summary>
    public static bool IsUnknownName(Exception error)
        => Innermost(error) is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain };

    static Exception Innermost(Exception error) => error is not PostgresException && error.InnerException is { } inner ? Innermost(inner) : error;
}
