using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard;

/// <summary>
/// Heals a pool that the guard cannot build, after a failover: that of an <see cref="NpgsqlDataSource"/> of somebody else's, or the one
/// that a connection string has in this process. It makes the pool heal; it does not guard it.
/// </summary>
/// <remarks>
/// <para>
/// A read-only error (SQLSTATE 25006 or 0A000) or a lost connection anywhere in the process makes it look: it rents idle connections of the
/// pool, and if one leads to a hot standby it clears the pool, and goes on until the pool leads to a primary. Where there are several hosts
/// and none of them is taken for the primary, it has Npgsql ask them again. The application's own READ ONLY transactions cost a look and
/// clear nothing.
/// </para>
/// <para>
/// No rent is validated. Until the first error was thrown and the pool cleared, the library gets connections that cannot write, and its
/// writes fail; nothing waits for the new primary, and a primary that was replaced and not fenced is not noticed. What takes an
/// <see cref="NpgsqlDataSource"/> is better served by <see cref="WritableDataSource.AsNpgsqlDataSource"/>.
/// </para>
/// </remarks>
public sealed class RecoveryWatcher : IAsyncDisposable
{
    static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100), LongestInterval = TimeSpan.FromSeconds(1);

    // What a watcher meets itself is no news to any of them.
    static readonly AsyncLocal<bool> Looking = new();

    readonly WatchedPool _pool;
    readonly ILogger _logger;
    readonly Clock _clock = new(TimeProvider.System);
    readonly CancellationTokenSource _stop = new();
    readonly Task _watching;
    long _failures;

    RecoveryWatcher(WatchedPool pool, ILoggerFactory? loggerFactory)
    {
        (_pool, _logger) = (pool, UnfailingLogger.Create(loggerFactory ?? NullLoggerFactory.Instance));
        AppDomain.CurrentDomain.FirstChanceException += OnFirstChance;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Watches a data source until it is disposed. Dispose the watcher first.</summary>
    /// <param name="dataSource">
    /// One endpoint or several hosts. Of an <see cref="NpgsqlMultiHostDataSource"/> the sessions to the primary are watched, and what it
    /// remembers of its hosts is cleared too; watch that, not what its <c>WithTargetSession</c> returned.
    /// </param>
    /// <param name="loggerFactory">Gets the category <c>ReadOnlyGuard</c>: event 10, the pool was cleared; 11, it leads to a primary
    /// again.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is <see langword="null"/>.</exception>
    public static RecoveryWatcher Watch(NpgsqlDataSource dataSource, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return new(new(dataSource), loggerFactory);
    }

    /// <summary>
    /// Watches the pool that <c>new NpgsqlConnection(connectionString)</c> shares with the whole process, for libraries that take only a
    /// connection string.
    /// </summary>
    /// <param name="connectionString">
    /// The very string that the library gets, with the password. With several hosts it says <c>Target Session Attributes=primary</c> or
    /// <c>read-write</c>, or nobody looks for the primary.
    /// </param>
    /// <param name="loggerFactory">As for a data source.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> cannot be read, or is <see langword="null"/>.</exception>
    public static RecoveryWatcher Watch(string connectionString, ILoggerFactory? loggerFactory = null)
        => new(WatchedPool.Of(connectionString), loggerFactory);

    // Runs on the throwing thread in the middle of a throw: it compares and counts, and must not throw.
    void OnFirstChance(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (IsSuspicious(e.Exception) && !Looking.Value)
            Interlocked.Increment(ref _failures);
    }

    static bool IsSuspicious(Exception failure) => failure is PostgresException { SqlState: var state }
        ? SqlStates.MeansReadOnly(state) || SqlStates.MeansLost(state)
        : failure is NpgsqlException or System.Net.Sockets.SocketException;

    async Task WatchAsync()
    {
        Looking.Value = true;
        OwnTraffic.Begin();
        var seen = 0L;
        var interval = LookInterval;
        try
        {
            while (true)
            {
                await Task.Delay(interval, _stop.Token).ConfigureAwait(false);
                var failures = Volatile.Read(ref _failures);
                // Failures that have nothing to do with this pool, again and again, are looked into less often.
                interval = failures == seen || await LookAsync().ConfigureAwait(false)
                    ? LookInterval
                    : TimeSpan.FromTicks(Math.Min(2 * interval.Ticks, LongestInterval.Ticks));
                seen = failures;
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Recovers the pool if it has to be, and says whether it had.</summary>
    async Task<bool> LookAsync()
    {
        try
        {
            var role = _pool.ChoosesHosts ? await _pool.AskAsync(_stop.Token).ConfigureAwait(false)
                : await _pool.HoldsStandbyAsync(_stop.Token).ConfigureAwait(false) ? ServerRole.HotStandby
                : ServerRole.Primary;
            if (role != ServerRole.Primary)
                await RecoverAsync(role).ConfigureAwait(false);
            return role != ServerRole.Primary;
        }
        catch (Exception) when (!_stop.IsCancellationRequested)
        {
            // Of a pool that was disposed before its watcher, say. Watching goes on.
            return false;
        }
    }

    async Task RecoverAsync(ServerRole role)
    {
        var began = _clock.Milliseconds;
        var cleared = false;
        for (var attempt = 1; role != ServerRole.Primary; attempt++)
        {
            // Once for each generation that yields a standby: no answer is no reason to clear again.
            if (role == ServerRole.HotStandby)
                Clear();
            cleared |= role == ServerRole.HotStandby;
            await _pool.ForgetHostsAsync(_stop.Token).ConfigureAwait(false);
            await Task.Delay(Backoff.Delay(attempt, _clock.Since(began), Random.Shared.NextDouble()), _stop.Token).ConfigureAwait(false);
            role = await _pool.AskAsync(_stop.Token).ConfigureAwait(false);
        }
        // The library may have opened others before this one, when the way still led to the standby.
        if (cleared)
            Clear();
        Log.PoolRecovered(_logger, (long)_clock.Since(began).TotalMilliseconds);
    }

    void Clear()
    {
        _pool.Clear();
        Telemetry.PoolClears.Add(1);
        Log.WatchedPoolCleared(_logger);
    }

    /// <summary>Ends the watching, and waits until it has given back what it rented.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        AppDomain.CurrentDomain.FirstChanceException -= OnFirstChance;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stop.Dispose();
    }
}
