using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Renting;

/// <summary>
/// Whether a write is possible at this moment. Nobody waits here for the end of a failover, nor for a connection of a pool.
/// </summary>
sealed class Readiness(PrimaryTracker tracker, Rents rents, WritableDataSourceOptions options)
{
    /// <summary>The present primary: another object once that was lost, even if the same server is found again.</summary>
    public Primary? Primary => tracker.Primary;

    /// <summary>How long there has been no writable server, if it was lost.</summary>
    public TimeSpan? WithoutPrimary => tracker.WithoutPrimary;

    /// <summary>How long a rent waits for one.</summary>
    public TimeSpan FailoverTimeout => options.FailoverTimeout;

    /// <summary>How many wait for one.</summary>
    public int Waiting => tracker.Waiting;

    /// <summary>Whether the primary was lost so short a time ago that rents go on waiting for another.</summary>
    public bool RentsWouldWait => WithoutPrimary is { } time && time < FailoverTimeout;

    /// <summary>
    /// Rents a connection and asks its server, whatever was found out about it a moment ago. It ends within twice the check timeout.
    /// </summary>
    /// <exception cref="NoWritableServerException">No server can be written to.</exception>
    /// <exception cref="NpgsqlException">As a rent throws that does not wait.</exception>
    /// <exception cref="TimeoutException">A server can be written to, and its pool gave no connection in time.</exception>
    public async ValueTask<ServerAnswer> AskAsync(CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await InTimeAsync(AskTwiceAsync(late.Token), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await late.CancelAsync().ConfigureAwait(false);
        }

        // An exhausted pool, or a host that leaves without an answer: a search over connections of its own tells them apart.
        Endpoint writable;
        try
        {
            writable = (await InTimeAsync(tracker.FindAsync(tracker.NoPatience(), async: true, cancellationToken, anew: true), cancellationToken).ConfigureAwait(false)).Server.Endpoint;
        }
        catch (Exception e) when (e is TimeoutException or NoWritableServerException)
        {
            if (Primary is { } believed)
                tracker.Suspect(believed.Server, believed.Server.NotAnswered);
            throw e as NoWritableServerException ?? new NoWritableServerException(options.CheckTimeout * 2, tracker.Answers, mayPass: true);
        }
        throw new TimeoutException(FormattableString.Invariant(
            $"{writable.AsHost()} can be written to, but the pool gave no connection that answered within {options.CheckTimeout.TotalSeconds:0.#} s: the pool is exhausted, or its connections hang. Look for connections that are not disposed, or raise Maximum Pool Size."));
    }

    /// <summary>What is late goes on alone.</summary>
    async ValueTask<T> InTimeAsync<T>(ValueTask<T> answer, CancellationToken cancellationToken)
    {
        var task = answer.AsTask();
        try
        {
            return await task.WaitAsync(options.CheckTimeout, tracker.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!task.IsCompleted)
                _ = task.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    async ValueTask<ServerAnswer> AskTwiceAsync(CancellationToken cancellationToken)
    {
        // A pooled connection that was proven a moment ago may turn out to be of yesterday: what a search finds then is the answer.
        var answer = await AskPrimaryAsync(cancellationToken).ConfigureAwait(false);
        return answer.Role == ServerRole.Primary ? answer : await AskPrimaryAsync(cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<ServerAnswer> AskPrimaryAsync(CancellationToken cancellationToken)
    {
        ValueTask<Rented> rent;
        using (Ambient.Suppress())
            rent = rents.RentAsync(tracker.NoPatience(), async: true, cancellationToken);
        var (connection, server) = await rent.ConfigureAwait(false);
        var (answer, isLate) = await server.Checks.CheckAsync(connection, whenAbandoned: static _ => { }, cancellationToken).ConfigureAwait(false);
        if (answer.Role != ServerRole.Primary)
            tracker.Suspect(server, answer);
        // A late check still uses its connection, and gives it back.
        if (!isLate)
            await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
        return answer;
    }
}
