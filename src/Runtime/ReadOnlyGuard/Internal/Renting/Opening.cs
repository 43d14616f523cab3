using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Renting;

/// <summary>A connection of the primary's pool on its way to a rent. It knows what a failed open says of the server.</summary>
/// <param name="Primary">Whose pool it is.</param>
/// <param name="Generation">Of the pool, when the rent began.</param>
/// <param name="Connection">The rent's.</param>
/// <param name="Open">Its open, which has begun (asynchronous rents); <see langword="null"/> if that is to be done.</param>
readonly record struct Opening(Primary Primary, int Generation, NpgsqlConnection Connection, Task? Open)
{
    /// <summary>Completes the open. A failure that may pass is an answer of the server; any other reaches the caller as it is.</summary>
    /// <returns><see langword="null"/> if it is open.</returns>
    public async ValueTask<Refusal?> CompleteAsync(PrimaryTracker tracker, Patience patience, bool async, CancellationToken cancellationToken)
    {
        var server = Primary.Server;
        var ended = server.Checks.AbandonedEnded;
        try
        {
            tracker.Peers.Begin();
            try
            {
                if (Open is not null)
                    await Open.WaitAsync(Primary.Replaced).ConfigureAwait(false);
                else
                    Connection.Open();
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
            await Quietly.DisposeAsync(Connection, async).ConfigureAwait(false);
            // An exhausted pool and a server that does not answer both end in a timeout. A search over connections of its own tells
            // them apart, and leaves the primary in place meanwhile: an exhausted pool is no reason to doubt it. One that the guard's
            // own late checks exhaust is the guard's to wait for, and so is that of a server which was replaced.
            if (e.InnerException is TimeoutException && !server.Checks.HadAbandoned(ended) && !Primary.Replaced.IsCancellationRequested
                && (await tracker.FindAsync(patience, async, cancellationToken, anew: true).ConfigureAwait(false)).Server == server)
                throw;
            return new(server.NotAnswered with { Error = e }, IsConnectionGone: true);
        }
        catch (OperationCanceledException) when (Primary.Replaced.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It waits in the pool of a server that was replaced, where it may wait for all of Npgsql's Timeout.
            _ = DisposeAfterAsync(Open!, Connection);
            return new(server.NotAnswered, IsConnectionGone: true);
        }
        catch
        {
            await Quietly.DisposeAsync(Connection, async).ConfigureAwait(false);
            throw;
        }
    }

    static async Task DisposeAfterAsync(Task open, NpgsqlConnection connection)
    {
        await open.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
    }
}
