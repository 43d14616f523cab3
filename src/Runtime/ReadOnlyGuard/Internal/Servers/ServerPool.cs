using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// The Npgsql pool of one server, in generations: each clear begins one, and is done once for all who found the same generation stale.
/// </summary>
/// <param name="endpoint">The server's.</param>
/// <param name="first">The pool to begin with.</param>
/// <param name="build">
/// Makes a fresh one, told which one it is; <see langword="null"/> where the builder is the application's, which may have changed it since.
/// </param>
/// <param name="logger">Told of each clear.</param>
sealed class ServerPool(Endpoint endpoint, NamedPool first, Func<int, NamedPool>? build, ILogger logger)
{
    readonly object _clearing = new();
    volatile NpgsqlDataSource _pool = first.Pool;
    string _name = first.Name;
    Action<int>? _waits;

    // Under the lock. The pool before this one lives on until the next takes its place: somebody may just be about to open a connection of
    // it.
    NpgsqlDataSource? _former;
    int _pools = 1;
    bool _disposed;

    int _clearsBegun, _generation;

    /// <summary>How many clears have ended: what is opened from now on was not there to be cleared by them.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>How many clears have begun: a connection that is seen while one runs may have been opened before it.</summary>
    public int ClearsBegun => Volatile.Read(ref _clearsBegun);

    /// <summary>Whether a fresh one can take the place of a pool whose places are lost.</summary>
    public bool CanRenew => build is not null;

    /// <summary>
    /// Raised, on the thread that waits, with how many more wait for a place, or fewer. Has one subscriber, for the life of the pool.
    /// </summary>
    public event Action<int> Waits
    {
        add => PoolQueues.Add(_name, _waits = value);
        remove => PoolQueues.Remove(_name, value);
    }

    /// <summary>An unopened connection. Whoever opens it validates it.</summary>
    public NpgsqlConnection CreateConnection() => _pool.CreateConnection();

    /// <summary>Clears the pool because of one connection, unless the pool was cleared since that connection's generation.</summary>
    public void ClearOnce(PhysicalConnection physical, ServerAnswer because)
    {
        lock (_clearing)
        {
            // A late verdict on a connection of an old generation must not clear a healed pool.
            if (physical.Generation < _generation)
            {
                physical.Generation = physical.SeenIn;
                return;
            }
            Clear();
        }
        Cleared(because);
    }

    /// <summary>
    /// Clears the pool unless that was done since this connection was seen: afterwards giving it back closes it, for certain.
    /// </summary>
    public void PutBeyondUse(PhysicalConnection physical, ServerAnswer because)
    {
        physical.Generation = physical.SeenIn;
        ClearOnce(physical, because);
    }

    /// <summary>
    /// Clears the pool because a promotion was seen elsewhere, unless a rent did since that generation, and goes on with a fresh one: in
    /// the old one the commands that a server which is gone never answers keep their places.
    /// </summary>
    public void ClearReplaced(int generation)
    {
        lock (_clearing)
        {
            var isCleared = _generation != generation;
            Renew();
            if (isCleared)
                return;
            Clear();
        }
        Cleared(new(endpoint.Host, endpoint.Port, ServerRole.StalePrimary));
    }

    void Renew()
    {
        if (build is null || _disposed)
            return;
        NamedPool fresh;
        try
        {
            fresh = build(_pools + 1);
        }
        catch (Exception)
        {
            // A provider or initializer of the application's threw. The old pool has been cleared, and serves on.
            return;
        }
        _pools++;
        _former?.Dispose();
        if (_waits is not null)
        {
            PoolQueues.Remove(_name, _waits);
            PoolQueues.Add(fresh.Name, _waits);
        }
        (_former, _pool, _name) = (_pool, fresh.Pool, fresh.Name);
    }

    /// <summary>
    /// Closes the idle connections, and the rented ones when they come back. The new generation is published when that is done.
    /// </summary>
    public void Clear()
    {
        lock (_clearing)
        {
            Volatile.Write(ref _clearsBegun, _clearsBegun + 1);
            _former?.Clear();
            _pool.Clear();
            Volatile.Write(ref _generation, _clearsBegun);
        }
    }

    void Cleared(ServerAnswer because)
    {
        Telemetry.PoolClears.Add(1, new TagList { { "server.address", endpoint.Host }, { "server.port", endpoint.Port } });
        Log.PoolCleared(logger, endpoint.Host, endpoint.Port, because);
    }

    public void Dispose()
    {
        foreach (var pool in End())
            pool?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in End())
            if (pool is not null)
                await pool.DisposeAsync().ConfigureAwait(false);
    }

    NpgsqlDataSource?[] End()
    {
        lock (_clearing)
        {
            _disposed = true;
            if (_waits is not null)
                PoolQueues.Remove(_name, _waits);
            return [_pool, _former];
        }
    }
}

/// <summary>A pool, and its name in Npgsql's metrics.</summary>
readonly record struct NamedPool(NpgsqlDataSource Pool, string? GivenName)
{
    public string Name => GivenName ?? Pool.ConnectionString;
}
