using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Renting;

/// <summary>
/// The rent loop: take a connection from the primary's pool, hand it out if it is proven writable, else find the primary and try
/// again. It knows time and order, not PostgreSQL.
/// </summary>
sealed class Rents(PrimaryTracker tracker, OpenMode mode)
{
    /// <summary>The warm path: one open from the pool, four comparisons, no round trip, nothing allocated of our own.</summary>
    public ValueTask<NpgsqlConnection> RentAsync(CancellationToken cancellationToken)
    {
        if (!tracker.TryGetPrimary(out var primary, out var generation))
            return ConnectionOf(RentAsync(null, tracker.NewPatience(), async: true, cancellationToken));

        var connection = primary.Server.Pool.CreateConnection();
        var open = connection.OpenAsync(cancellationToken);
        if (!open.IsCompletedSuccessfully || !primary.Server.IsFreshFromPool(connection))
            return ConnectionOf(RentAsync(new Opening(primary, generation, connection, open), tracker.NewPatience(), async: true, cancellationToken));

        primary.Server.Watch(connection);
        return new(connection);
    }

    /// <summary>The same for a synchronous rent.</summary>
    public NpgsqlConnection Rent()
    {
        if (!tracker.TryGetPrimary(out var primary, out var generation))
            return RentAsync(null, tracker.NewPatience(), async: false, CancellationToken.None).Completed().Connection;

        var connection = primary.Server.Pool.CreateConnection();
        var births = Births.OnThisThread;
        try
        {
            connection.Open();
        }
        catch (Exception e)
        {
            return RentAsync(
                new Opening(primary, generation, connection, Task.FromException(e)), tracker.NewPatience(), async: false, CancellationToken.None).Completed().Connection;
        }
        if (!primary.Server.IsFreshFromPool(connection, births))
            return RentAsync(
                new Opening(primary, generation, connection, Task.CompletedTask), tracker.NewPatience(), async: false, CancellationToken.None).Completed().Connection;

        primary.Server.Watch(connection);
        return connection;
    }

    /// <summary>A rent as a part of something longer, which has used up some of its patience already.</summary>
    public ValueTask<Rented> RentAsync(Patience patience, bool async, CancellationToken cancellationToken)
        => RentAsync(null, patience, async, cancellationToken);

    static async ValueTask<NpgsqlConnection> ConnectionOf(ValueTask<Rented> rent) => (await rent.ConfigureAwait(false)).Connection;

    async ValueTask<Rented> RentAsync(Opening? begun, Patience patience, bool async, CancellationToken cancellationToken)
    {
        if (!async)
            mode.SawSynchronous();
        while (true)
        {
            if ((begun ?? Open(async, cancellationToken)) is not { } opening)
            {
                await tracker.FindAsync(patience, async, cancellationToken).ConfigureAwait(false);
                continue;
            }
            begun = null;
            var (primary, generation, connection, _) = opening;

            var refusal = await FailureAsync(opening, patience, async, cancellationToken).ConfigureAwait(false)
                ?? await primary.Server.ValidateAsync(connection, generation, async, cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                primary.Server.Watch(connection);
                return new(connection, primary.Server);
            }

            // It is gone, and the next one may be: each is met once, for as long as the patience lasts.
            if (refusal.Answer.IsSessionTimedOut && patience.Left > TimeSpan.Zero)
            {
                await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
                continue;
            }
            if (patience.DoubtsPrimary(refusal.Answer))
                tracker.Lost(primary, refusal.Answer);
            await primary.Server.TakeBackAsync(connection, generation, refusal, async, isOfSession: patience.WasRefused).ConfigureAwait(false);
            await patience.RefusedAsync(refusal.Answer, async, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a connection from the primary's pool; <see langword="null"/> when the primary must be found.</summary>
    Opening? Open(bool async, CancellationToken cancellationToken)
    {
        if (!tracker.TryGetPrimary(out var primary, out var generation))
            return null;
        var connection = primary.Server.Pool.CreateConnection();
        return new Opening(primary, generation, connection, async ? connection.OpenAsync(cancellationToken) : null);
    }

    /// <summary>Completes the open. A failure that may pass is an answer of the server; any other reaches the caller as it is.</summary>
    async ValueTask<Refusal?> FailureAsync(Opening opening, Patience patience, bool async, CancellationToken cancellationToken)
    {
        var (primary, _, connection, open) = opening;
        var ended = primary.Server.Checks.AbandonedEnded;
        try
        {
            tracker.Peers.Begin();
            try
            {
                if (open is not null)
                    await open.WaitAsync(primary.Replaced).ConfigureAwait(false);
                else
                    connection.Open();
            }
            finally
            {
                tracker.Peers.End();
            }
            return null;
        }
        // Npgsql 9 lets through what name resolution throws.
        catch (Exception e) when (Failures.MayPass(e))
        {
            await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
            // An exhausted pool and a server that does not answer both end in a timeout. A search over connections of its own tells
            // them apart, and leaves the primary in place meanwhile: an exhausted pool is no reason to doubt it. One that the guard's
            // own late checks exhaust is the guard's to wait for, and so is that of a server which was replaced.
            if (e.InnerException is TimeoutException && !primary.Server.Checks.HadAbandoned(ended) && !primary.Replaced.IsCancellationRequested
                && (await tracker.FindAsync(patience, async, cancellationToken, anew: true).ConfigureAwait(false)).Server == primary.Server)
                throw;
            return new(primary.Server.NotAnswered with { Error = e }, IsConnectionGone: true);
        }
        catch (OperationCanceledException) when (primary.Replaced.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It waits in the pool of a server that was replaced, where it may wait for all of Npgsql's Timeout.
            _ = DisposeAfterAsync(open!, connection);
            return new(primary.Server.NotAnswered, IsConnectionGone: true);
        }
        catch
        {
            await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
            throw;
        }
    }

    static async Task DisposeAfterAsync(Task open, NpgsqlConnection connection)
    {
        await open.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
    }

    /// <summary>A connection whose open has begun (<paramref name="Open"/>, asynchronous rents), or is to be done.</summary>
    readonly record struct Opening(Primary Primary, int Generation, NpgsqlConnection Connection, Task? Open);
}

/// <summary>A connection that is proven writable, and the server that it leads to.</summary>
readonly record struct Rented(NpgsqlConnection Connection, Server Server);
