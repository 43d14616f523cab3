using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>Whether a write is possible at this moment. Nobody waits here for the end of a failover.</summary>
sealed class Readiness(PrimaryTracker tracker, Rents rents, TimeSpan failoverTimeout)
{
    /// <summary>Stands for the present primary: another object once that was lost, even if the same server is found again.</summary>
    public object? Primary => tracker.Primary;

    /// <summary>Whether the primary was lost so short a time ago that rents go on waiting for another.</summary>
    public bool RentsWouldWait => tracker.WithoutPrimary is { } time && time < failoverTimeout;

    /// <summary>Rents a connection and asks its server, whatever was found out about it a moment ago.</summary>
    /// <exception cref="NpgsqlException">As a rent throws that does not wait.</exception>
    public async ValueTask<ServerAnswer> AskAsync(CancellationToken cancellationToken)
    {
        // A pooled connection that was proven a moment ago may turn out to be of yesterday: what a search finds then is the answer.
        var answer = await AskPrimaryAsync(cancellationToken).ConfigureAwait(false);
        return answer.Role == ServerRole.Primary ? answer : await AskPrimaryAsync(cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<ServerAnswer> AskPrimaryAsync(CancellationToken cancellationToken)
    {
        ValueTask<NpgsqlConnection> rent;
        using (Ambient.Suppress())
            rent = rents.RentAsync(tracker.NoPatience(), async: true, cancellationToken);
        var connection = await rent.ConfigureAwait(false);
        var server = tracker.ServerOf(connection);
        var answer = await server.CheckAsync(connection, whenAbandoned: static _ => { }, cancellationToken).ConfigureAwait(false);
        if (answer.Role != ServerRole.Primary)
            tracker.Suspect(server, answer);
        // A late check still uses its connection, and gives it back.
        if (!ReferenceEquals(answer, server.Late))
            await Server.DisposeAsync(connection, async: true).ConfigureAwait(false);
        return answer;
    }
}
