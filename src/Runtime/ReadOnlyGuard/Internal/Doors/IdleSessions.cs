using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Looks at the idle sessions of a pool whose server can be written to, for one that cannot: a session that a role's or database's setting
/// has made read-only stays so, and so does one that a pooler has spoiled. One is enough to clear the pool.
/// </summary>
sealed class IdleSessions(NpgsqlDataSource source)
{
    readonly WatchedPool _pool = new(source);
    int _looking;

    /// <summary>Begins, unless it is being done, and does not wait for the end.</summary>
    public void ClearIfAnyIsReadOnly()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 0)
            _ = Task.Run(LookAsync);
    }

    async Task LookAsync()
    {
        OwnTraffic.Begin();
        try
        {
            if (await _pool.HoldsReadOnlyAsync(CancellationToken.None).ConfigureAwait(false))
                source.Clear();
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }
}
