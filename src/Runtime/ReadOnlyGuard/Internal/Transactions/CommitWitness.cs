using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// One connection straight to a server that stays open as a witness: while it lives, the server has not crashed since it was opened,
/// and so has not given a transaction's number to another one.
/// </summary>
sealed class CommitWitness(NpgsqlDataSource direct, TimeSpan timeout, string host) : IDisposable
{
    // Where there can be none (a pooler, no connection left), not every transaction tries again.
    const long RetryMilliseconds = 10_000;

    readonly object _appointing = new();
    Witness? _present;
    long _retryAt;
    bool _disposed;

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
            present = await AbandonableWork.RunAsync(
                "commit witness of " + host, () => Appoint(instance, suspicions), timeout, late: null, async).ConfigureAwait(false);
        }
        // A balancer may have led it to another server than the transaction.
        return present?.Instance == instance ? present : null;
    }

    Witness? Appoint(double instance, int suspicions)
    {
        lock (_appointing)
        {
            if (_present is { } present)
            {
                if (present.Suspicions == suspicions || present.IsAlive())
                {
                    present.Suspicions = suspicions;
                    return present;
                }
                present.Dispose();
            }
            _present = _disposed ? null : Witness.Open(direct, suspicions);
            Volatile.Write(ref _retryAt, _present?.Instance == instance ? 0 : Environment.TickCount64 + RetryMilliseconds);
            return _present;
        }
    }

    public void Dispose()
    {
        lock (_appointing)
        {
            _disposed = true;
            _present?.Dispose();
            _present = null;
        }
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

    public static Witness? Open(NpgsqlDataSource direct, int suspicions)
    {
        OwnTraffic.Begin();
        NpgsqlConnection? connection = null;
        try
        {
            connection = direct.OpenConnection();
            if (XactQuery.Instance(connection) is { } instance)
                return new(connection, instance, suspicions);
        }
        catch (Exception)
        {
            // No witness: the transaction does without.
        }
        connection?.Dispose();
        return null;
    }

    public bool IsAlive() => Asked(XactQuery.Instance) == Instance;

    /// <summary>What became of a transaction; <see langword="null"/> if the witness is dead, and nothing it could say would count.</summary>
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
