using System.Data;
using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// The pool of somebody else's data source or connection string, as far as public API shows it: what its connections lead to, and how it
/// is cleared.
/// </summary>
sealed class WatchedPool
{
    // Nobody may be kept waiting by a look.
    const int MostHeld = 32, TimeoutSeconds = 2;

    // Its age tells a connection that was opened for the look from one that had been idle: both are measured to the microsecond, each by
    // one clock alone.
    const string Query =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) - pg_catalog.date_part('epoch', backend_start) " +
        "FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";

    readonly Func<CancellationToken, ValueTask<NpgsqlConnection>> _open;
    readonly Action _clear;
    readonly Func<CancellationToken, ValueTask>? _forgetHosts;
    readonly int _mostHeld;

    WatchedPool(
        NpgsqlConnectionStringBuilder settings, Func<CancellationToken, ValueTask<NpgsqlConnection>> open, Action clear, Func<CancellationToken, ValueTask>? forgetHosts)
    {
        (_open, _clear, _forgetHosts) = (open, clear, forgetHosts);
        _mostHeld = Math.Clamp(settings.MaxPoolSize / 2, 1, MostHeld);
    }

    public WatchedPool(NpgsqlDataSource source) : this(new(source.ConnectionString), source.OpenConnectionAsync, source.Clear, forgetHosts: null)
    {
        if (source is not NpgsqlMultiHostDataSource hosts)
            return;
        _open = cancellationToken => hosts.OpenConnectionAsync(TargetSessionAttributes.Primary, cancellationToken);
        _forgetHosts = _ =>
        {
            hosts.ClearDatabaseStates();
            return default;
        };
    }

    /// <summary>The pool that <c>new NpgsqlConnection(connectionString)</c> shares with the process.</summary>
    public static WatchedPool Of(string connectionString)
    {
        var settings = ConnectionString.Parse(connectionString);
        return new(
            settings, cancellationToken => OpenAsync(connectionString, cancellationToken), () => Clear(connectionString),
            settings.Host?.Contains(',', StringComparison.Ordinal) == true ? cancellationToken => AskStandbysAsync(settings, cancellationToken) : null);
    }

    static void Clear(string connectionString)
    {
        using var any = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(any);
    }

    /// <summary>
    /// Npgsql forgets nothing of a string's hosts on demand. But it learns: strings that differ in the target alone share their pools, and
    /// a new connection for who wants a standby is made to a host that is taken for one, though it was promoted.
    /// </summary>
    static async ValueTask AskStandbysAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var standbys = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { TargetSessionAttributes = "standby" };
        Clear(standbys.ConnectionString);
        try
        {
            var connection = await OpenAsync(standbys.ConnectionString, cancellationToken).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
        }
    }

    static async ValueTask<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether Npgsql chooses between hosts, by what it believes of them.</summary>
    public bool ChoosesHosts => _forgetHosts is not null;

    /// <summary>
    /// Whether one of the idle connections leads to a standby. The first is opened if there is none; no other, so that looks never make the
    /// pool larger.
    /// </summary>
    public Task<bool> HoldsStandbyAsync(CancellationToken cancellationToken)
        => HoldsAsync(static row => row.InRecovery, first => first ? _open(cancellationToken) : OpenIdleAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Whether one of the idle connections cannot write, for whatever reason. They are taken one after the other, and given back together,
    /// until one had to be opened anew.
    /// </summary>
    public Task<bool> HoldsReadOnlyAsync(CancellationToken cancellationToken)
        => HoldsAsync(static row => row.ReadOnly, _ => _open(cancellationToken), cancellationToken);

    async Task<bool> HoldsAsync(
        Func<(bool InRecovery, bool ReadOnly, double Age), bool> isMeant, Func<bool, ValueTask<NpgsqlConnection>> open, CancellationToken cancellationToken)
    {
        var held = new List<NpgsqlConnection>();
        try
        {
            while (held.Count < _mostHeld)
            {
                var began = Stopwatch.GetTimestamp();
                held.Add(await open(held.Count == 0).ConfigureAwait(false));
                var row = await QueryAsync(held[^1], cancellationToken).ConfigureAwait(false);
                if (isMeant(row))
                    return true;
                if (row.Age <= Stopwatch.GetElapsedTime(began).TotalSeconds)
                    return false;
            }
            return false;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return false;
        }
        finally
        {
            foreach (var connection in held)
                await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
        }
    }

    /// <summary>An open that is not done at once opens a new connection, or queues for one: it is cancelled.</summary>
    async ValueTask<NpgsqlConnection> OpenIdleAsync(CancellationToken cancellationToken)
    {
        using var taken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opening = _open(taken.Token);
        if (!opening.IsCompleted)
            await taken.CancelAsync().ConfigureAwait(false);
        return await opening.ConfigureAwait(false);
    }

    // Callbacks of the application's run in an open, so that anything may be thrown.
    static bool IsNoAnswer(Exception e, CancellationToken cancellationToken)
        => e is not ObjectDisposedException && !cancellationToken.IsCancellationRequested;

    /// <summary>What the next connection leads to; <see cref="ServerRole.Unknown"/> if there is none.</summary>
    public async Task<ServerRole> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _open(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return (await QueryAsync(connection, cancellationToken).ConfigureAwait(false)).InRecovery ? ServerRole.HotStandby : ServerRole.Primary;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return ServerRole.Unknown;
        }
    }

    public void Clear() => _clear();

    /// <summary>Has Npgsql ask its hosts again.</summary>
    public ValueTask ForgetHostsAsync(CancellationToken cancellationToken) => _forgetHosts?.Invoke(cancellationToken) ?? default;

    static async Task<(bool InRecovery, bool ReadOnly, double Age)> QueryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(Query, connection) { CommandTimeout = TimeoutSeconds };
        try
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetDouble(2));
            }
        }
        catch (PostgresException e) when (SqlStates.MeansFeatureNotSupported(e.SqlState))
        {
            // A hot standby, to a session whose transactions are serializable.
            if (await WriteCheckQuery.ShowsReadOnlyAsync(connection, TimeoutSeconds, async: true).ConfigureAwait(false))
                return (InRecovery: true, ReadOnly: true, Age: 0);
            throw;
        }
    }
}
