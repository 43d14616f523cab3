using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard;

/// <summary>
/// Clears the pool of an <see cref="NpgsqlDataSource"/> after a failover, for libraries that take nothing else (Marten, Wolverine, Hangfire,
/// Rebus). It makes the pool heal; it does not guard it.
/// </summary>
/// <remarks>
/// <para>
/// A read-only error (SQLSTATE 25006 or 0A000) anywhere in the process makes it look: it rents connections of the pool, and if one leads to
/// a hot standby it clears the pool, and goes on until the pool leads to a primary. The application's own READ ONLY transactions cost a look
/// and clear nothing.
/// </para>
/// <para>
/// No rent is validated. Until the first read-only error was thrown and the pool cleared, the library gets connections that cannot write,
/// and its writes fail; nothing waits for the new primary, and a primary that was replaced and not fenced is not noticed. Use
/// <see cref="WritableDataSource"/> wherever you can.
/// </para>
/// </remarks>
public sealed class RecoveryWatcher : IAsyncDisposable
{
    static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    readonly WatchedPool _pool;
    readonly ILogger _logger;
    readonly Clock _clock = new(TimeProvider.System);
    readonly CancellationTokenSource _stop = new();
    readonly Task _watching;

    RecoveryWatcher(NpgsqlDataSource dataSource, ILogger logger)
    {
        (_pool, _logger) = (new(dataSource), logger);
        ReadOnlyErrorSignal.Subscribe();
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Watches a data source until it is disposed. Dispose the watcher first.</summary>
    /// <param name="dataSource">
    /// One endpoint or several hosts. Of an <see cref="NpgsqlMultiHostDataSource"/> the sessions to the primary are watched, and what it
    /// remembers of its hosts is cleared too; watch that, not what its <c>WithTargetSession</c> returned.
    /// </param>
    /// <param name="loggerFactory">Gets the category <c>ReadOnlyGuard</c>: event 10, the pool was cleared; 11, it leads to a primary again.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is <see langword="null"/>.</exception>
    public static RecoveryWatcher Watch(NpgsqlDataSource dataSource, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return new(dataSource, UnfailingLogger.Create(loggerFactory ?? NullLoggerFactory.Instance));
    }

    async Task WatchAsync()
    {
        // What it finds itself is no news.
        ReadOnlyErrorSignal.Mute();
        var seen = ReadOnlyErrorSignal.Count;
        try
        {
            using var timer = new PeriodicTimer(LookInterval);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                var errors = ReadOnlyErrorSignal.Count;
                if (errors != seen && await _pool.HoldsStandbyAsync(_stop.Token).ConfigureAwait(false))
                    await RecoverAsync().ConfigureAwait(false);
                seen = errors;
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }
    }

    async Task RecoverAsync()
    {
        var began = _clock.Milliseconds;
        var role = ServerRole.HotStandby;
        for (var attempt = 1; role != ServerRole.Primary; attempt++)
        {
            // Once for each generation that yields a standby: no answer is no reason to clear again.
            if (role == ServerRole.HotStandby)
                Clear();
            await Task.Delay(Backoff.Delay(attempt, _clock.Since(began), Random.Shared.NextDouble()), _stop.Token).ConfigureAwait(false);
            role = await _pool.AskAsync(_stop.Token).ConfigureAwait(false);
        }
        // The library may have opened others before this one, when the way still led to the standby.
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
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        ReadOnlyErrorSignal.Unsubscribe();
        _stop.Dispose();
    }
}
