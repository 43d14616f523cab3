using Npgsql;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// One connection straight to a server that stays open as a witness: while it lives, the server has not crashed since it was opened,
/// and so has not given a transaction's number to another one.
/// </summary>
sealed class CommitWitness(NpgsqlDataSource direct, OpenMode mode, TimeSpan timeout, string host) : IDisposable
{
    // Where there can be none (a pooler, no connection left), not every transaction tries again.
    const long RetryMilliseconds = 10_000;

    readonly SemaphoreSlim _appointing = new(1);
    Witness? _present;
    long _retryAt;
    volatile bool _disposed;

    /// <summary>A witness for a transaction that is about to be committed; <see langword="null"/> if there can be none now.</summary>
    /// <param name="instance">The server that the transaction runs on, as <see cref="XactQuery"/> tells it.</param>
    /// <param name="suspicions">How many suspicions there are against the server: a witness from before the last one may be dead.</param>
    public async ValueTask<Witness?> ForAsync(double instance, int suspicions, bool async)
    {
        var present = Volatile.Read(ref _present);
        if (present is null || present.Suspicions != suspicions)
        {
            if (Environment.TickCount64 < Volatile.Read(ref _retryAt))
                return null;
            present = await AppointInTimeAsync(instance, suspicions, async).ConfigureAwait(false);
        }
        // A balancer may have led it to another server than the transaction.
        return present?.Instance == instance ? present : null;
    }

    async ValueTask<Witness?> AppointInTimeAsync(double instance, int suspicions, bool async)
    {
        if (!async)
            return AbandonableWork.Run(ThreadName, async: false, AppointAsync, timeout, late: null, whenAbandoned: static _ => { });
        try
        {
            var appointed = mode.IsAsync ? AppointAsync(async: true).AsTask()
                : AbandonableWork.StartAsync(ThreadName, () => AppointAsync(async: false).Completed());
            return await appointed.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }

        async ValueTask<Witness?> AppointAsync(bool async)
        {
            // Never waited for by a thread of the pool.
            if (async)
                await _appointing.WaitAsync().ConfigureAwait(false);
            else
                _appointing.Wait();
            try
            {
                return await ReplaceAsync(instance, suspicions, async).ConfigureAwait(false);
            }
            finally
            {
                _appointing.Release();
            }
        }
    }

    async ValueTask<Witness?> ReplaceAsync(double instance, int suspicions, bool async)
    {
        if (_present is { } present)
        {
            if (present.Suspicions == suspicions || await AbandonableWork.PartAsync(ThreadName, async, present.IsAlive).ConfigureAwait(false))
            {
                present.Suspicions = suspicions;
                return present;
            }
            present.Dispose();
        }
        var next = _disposed ? null : await Witness.OpenAsync(direct, suspicions, async).ConfigureAwait(false);
        _present = next;
        Volatile.Write(ref _retryAt, next?.Instance == instance ? 0 : Environment.TickCount64 + RetryMilliseconds);
        // Disposed meanwhile.
        if (_disposed)
            next?.Dispose();
        return next;
    }

    string ThreadName => "commit witness of " + host;

    public void Dispose()
    {
        _disposed = true;
        Volatile.Read(ref _present)?.Dispose();
    }
}

/// <summary>The witness: an open connection to one instance of a server.</summary>
sealed class Witness : IDisposable
{
    readonly NpgsqlConnection _connection;

    Witness(NpgsqlConnection connection, double instance, int suspicions)
        => (_connection, Instance, Suspicions) = (connection, instance, suspicions);

    /// <summary>When the server's first process started, which tells it from every other server.</summary>
    public double Instance { get; }

    public int Suspicions { get; set; }

    public static async ValueTask<Witness?> OpenAsync(NpgsqlDataSource direct, int suspicions, bool async)
    {
        OwnTraffic.Begin();
        NpgsqlConnection? connection = null;
        try
        {
            var opened = connection = await OpenMode.OpenAsync(direct, async).ConfigureAwait(false);
            if (await AbandonableWork.PartAsync("commit witness", async, () => XactQuery.Instance(opened)).ConfigureAwait(false) is { } instance)
                return new(opened, instance, suspicions);
        }
        catch (Exception)
        {
            // No witness: the transaction does without.
        }
        connection?.Dispose();
        return null;
    }

    public bool IsAlive() => Asked(XactQuery.Instance) == Instance;

    /// <summary>
    /// What became of a transaction; <see langword="null"/> if the witness is dead, and nothing it could say would count.
    /// </summary>
    public Testimony? Ask(ulong transactionId) => Asked(connection => XactQuery.Testify(connection, transactionId));

    T? Asked<T>(Func<NpgsqlConnection, T?> question) where T : struct
    {
        lock (_connection)
        {
            OwnTraffic.Begin();
            try
            {
                return question(_connection);
            }
            catch (Exception)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        lock (_connection)
            _connection.Dispose();
    }
}
