using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
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
        // Every way round ends in time: FindAsync and RefusedAsync throw when the patience is over, and an ended session is passed by only before.
        while (true)
        {
            if ((begun ?? Open(async, cancellationToken)) is not { } opening)
            {
                await tracker.FindAsync(patience, async, cancellationToken).ConfigureAwait(false);
                continue;
            }
            begun = null;
            var (primary, generation, connection, _) = opening;

            var refusal = await opening.CompleteAsync(tracker, patience, async, cancellationToken).ConfigureAwait(false)
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
}

/// <summary>A connection that is proven writable, and the server that it leads to.</summary>
readonly record struct Rented(NpgsqlConnection Connection, Server Server);
