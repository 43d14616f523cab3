using System.Collections.Concurrent;
using System.Data.Common;
using System.Transactions;
using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard;

/// <summary>
/// A data source whose connections can write: each rented <see cref="NpgsqlConnection"/> is proven to lead to a writable primary,
/// after a failover too.
/// </summary>
/// <remarks>
/// It keeps one Npgsql pool for each host of its connection string. It is thread-safe; create one for each connection string and keep
/// it for the life of the application.
/// </remarks>
public sealed partial class WritableDataSource : DbDataSource
{
    static readonly ConcurrentDictionary<string, Lazy<WritableDataSource>> Shared = new(StringComparer.Ordinal);

    readonly GuardedCluster _cluster;
    readonly Rents _rents;
    readonly bool _enlists, _shared;
    int _disposed;

    internal WritableDataSource(GuardedCluster cluster, bool shared = false)
    {
        (_cluster, _rents, _enlists, _shared) = (cluster, cluster.Rents, cluster.Enlists, shared);
        ReadOnlyErrorSignal.Subscribe();
    }

    /// <summary>Creates a data source for the servers that a connection string names.</summary>
    /// <param name="connectionString">
    /// An Npgsql connection string; several hosts as <c>Host=db1,db2:5433</c>. <c>Target Session Attributes</c> may be left out: the
    /// guard takes its part.
    /// </param>
    /// <param name="configure">Changes the options; every one has a default.</param>
    /// <exception cref="ArgumentException">
    /// The connection string cannot be read, names no host, or asks for what cannot be written to; or an option is out of range. The
    /// message names the key or option and the remedy, and never shows the password.
    /// </exception>
    public static WritableDataSource Create(string connectionString, Action<WritableDataSourceOptions>? configure = null)
    {
        var settings = Internal.ConnectionString.Parse(connectionString);
        Internal.ConnectionString.Validate(settings);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildWritable(configure);
    }

    /// <summary>
    /// The data source for this connection string that the whole process shares, as <c>new NpgsqlConnection(connectionString)</c>
    /// shares one pool. It has the default options, lives as long as the process, and its Dispose does nothing.
    /// </summary>
    /// <param name="connectionString">As for <see cref="Create"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="Create"/>.</exception>
    public static WritableDataSource For(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        if (Shared.TryGetValue(connectionString, out var known))
            return known.Value;

        // Validated before it is remembered: a bad string must fail each time, and leave nothing behind.
        var settings = Internal.ConnectionString.Parse(connectionString);
        Internal.ConnectionString.Validate(settings);
        var added = Shared.GetOrAdd(connectionString, _ => new(() =>
        {
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            return new(GuardedCluster.Build(builder.ConnectionStringBuilder, builder.Build, new()), shared: true);
        }));
        try
        {
            return added.Value;
        }
        catch
        {
            // What only Npgsql could refuse: a Lazy would throw the same exception object for ever.
            Shared.TryRemove(KeyValuePair.Create(connectionString, added));
            throw;
        }
    }

    /// <summary>For the packages that build upon this one.</summary>
    internal LentConnections Lent => _cluster.Lent;

    /// <inheritdoc cref="Lent"/>
    internal Readiness Readiness => _cluster.Readiness;

    /// <summary>The connection string, without the password unless it says <c>Persist Security Info=true</c>.</summary>
    public override string ConnectionString => _cluster.Displayable;

    /// <summary>
    /// An unopened connection. Its own Open or OpenAsync validates it, and fails with a transient exception, without waiting, if its
    /// server cannot be written to.
    /// </summary>
    /// <remarks>
    /// With several hosts it is bound to the host that is the primary now; when none is known, the primary is searched for first. A
    /// connection that is kept unopened over a failover may fail; create a new one then.
    /// </remarks>
    /// <exception cref="NoWritableServerException">Several hosts, none of them writable within the failover timeout.</exception>
    public new NpgsqlConnection CreateConnection()
    {
        ThrowIfDisposed();
        var server = _cluster.Tracker.OnlyServer ?? _rents.PrimaryServer();
        var connection = server.CreateConnection();
        server.Watch(connection);
        return connection;
    }

    /// <summary>Rents a connection that is proven writable; waits for a writable server if there is none.</summary>
    /// <exception cref="NoWritableServerException">None within <see cref="WritableDataSourceOptions.FailoverTimeout"/>.</exception>
    /// <exception cref="NpgsqlException">The server refuses for a reason that waiting does not cure, or the pool is exhausted.</exception>
    public new NpgsqlConnection OpenConnection()
    {
        ThrowIfDisposed();
        if (!_enlists || Transaction.Current is not { } transaction)
            return _rents.Rent();

        if (_cluster.Ambient.HolderOf(transaction) is { } holder)
        {
            var held = OpenHeld(holder);
            held.Open();
            return held;
        }
        NpgsqlConnection connection;
        using (AmbientTransactions.Suppress())
            connection = _rents.Rent();
        return Enlist(connection, transaction);
    }

    /// <inheritdoc cref="OpenConnection"/>
    /// <param name="cancellationToken">Ends the waiting; a check that is under way is left to end by itself.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public new ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _enlists && Transaction.Current is { } transaction
            ? OpenInsideAsync(transaction, cancellationToken)
            : _rents.RentAsync(cancellationToken);
    }

    async ValueTask<NpgsqlConnection> OpenInsideAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        if (_cluster.Ambient.HolderOf(transaction) is { } holder)
        {
            var held = OpenHeld(holder);
            await held.OpenAsync(cancellationToken).ConfigureAwait(false);
            return held;
        }
        ValueTask<NpgsqlConnection> rent;
        // The rent reads the ambient transaction where it begins, and there is none for it.
        using (AmbientTransactions.Suppress())
            rent = _rents.RentAsync(cancellationToken);
        return Enlist(await rent.ConfigureAwait(false), transaction);
    }

    /// <summary>The transaction holds a physical connection, validated when it joined: Npgsql gives it to the next connection opened.</summary>
    NpgsqlConnection OpenHeld(Server holder)
    {
        var connection = holder.CreateConnection();
        holder.Watch(connection);
        return connection;
    }

    NpgsqlConnection Enlist(NpgsqlConnection connection, Transaction transaction)
    {
        try
        {
            connection.EnlistTransaction(transaction);
        }
        catch
        {
            // Npgsql notes the transaction before it fails to enlist in it, and would keep the physical connection for it for ever.
            connection.EnlistTransaction(null);
            connection.Dispose();
            throw;
        }
        var server = _cluster.Tracker.ServerOf(connection);
        _cluster.Ambient.Enlisted(connection, transaction, server.Physical(connection), server);
        return connection;
    }

    /// <summary>A genuine <see cref="NpgsqlDataSource"/> over the same servers, for what takes nothing else.</summary>
    public NpgsqlDataSource AsNpgsqlDataSource() => throw new NotSupportedException();

    /// <summary>Clears the pools of every guarded source of the process.</summary>
    public static void ClearAll() => throw new NotSupportedException();

    /// <summary>
    /// Closes the idle connections of every pool and the rented ones when they come back, and forgets what was learnt: which server is
    /// the primary, and the timeline that older primaries are refused by. The way back after a deliberate point-in-time recovery.
    /// </summary>
    public void Clear()
    {
        ThrowIfDisposed();
        _cluster.Fence.Forget();
        foreach (var server in _cluster.Tracker.Servers)
            server.Clear();
        _cluster.Tracker.Forget();
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        => await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => new DataSourceBatch(CreateConnection());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || !EndOnce())
            return;
        foreach (var server in _cluster.Tracker.Servers)
            server.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (!EndOnce())
            return;
        foreach (var server in _cluster.Tracker.Servers)
            await server.DisposeAsync().ConfigureAwait(false);
    }

    bool EndOnce()
    {
        if (_shared || Interlocked.Exchange(ref _disposed, 1) != 0)
            return false;
        ReadOnlyErrorSignal.Unsubscribe();
        _cluster.Tracker.Dispose();
        return true;
    }

    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed != 0, this);
}
