using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Doors;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Internal.Transactions;

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
    readonly GuardedCluster _cluster;
    readonly Rents _rents;
    readonly Lazy<WaitingDataSource> _waiting;
    readonly bool _enlists, _shared;
    int _disposed;

    internal WritableDataSource(GuardedCluster cluster, bool shared = false)
    {
        (_cluster, _rents, _waiting, _enlists, _shared) = (cluster, cluster.Rents, cluster.Waiting, cluster.Enlists, shared);
        cluster.Tracker.Replaced += (before, now, reason)
            => PrimaryChanged?.Invoke(this, new(before.Endpoint.AsHost(), now.Endpoint.AsHost(), reason));
        ReadOnlyErrorSignal.Subscribe();
        Living.TryAdd(this, null);
    }

    /// <summary>The source that another one comes from: <see cref="AsNpgsqlDataSource"/>'s.</summary>
    internal static WritableDataSource? Behind(NpgsqlDataSource source) => ByDoor.TryGetValue(source, out var guarded) ? guarded : null;

    static readonly ConditionalWeakTable<NpgsqlDataSource, WritableDataSource> ByDoor = new();

    /// <summary>For tests.</summary>
    internal WaitingDataSource Waiting => _waiting.Value;

    /// <summary>For the packages that build upon this one.</summary>
    internal ContextConnections Contexts => _cluster.Contexts;

    /// <inheritdoc cref="Contexts"/>
    internal Readiness Readiness => _cluster.Readiness;

    /// <summary>The connection string, without the password unless it says <c>Persist Security Info=true</c>.</summary>
    public override string ConnectionString => _cluster.Displayable;

    /// <summary>
    /// An unopened connection, at once, whatever the state of the servers. Its own Open or OpenAsync waits for a writable server, for up to
    /// <see cref="WritableDataSourceOptions.FailoverTimeout"/>: OpenAsync without a thread, Open on its own.
    /// </summary>
    /// <remarks>
    /// It is bound to no host: opened, closed and opened again after a failover, it leads to the server that is the primary then. Where
    /// waiting was in vain, Open throws Npgsql's own exception, and the guard's explanation is in it. An open that queues for a connection
    /// of an exhausted pool when the primary is lost fails with it; <see cref="OpenConnection"/> does not.
    /// </remarks>
    public new NpgsqlConnection CreateConnection()
    {
        ThrowIfDisposed();
        return _waiting.Value.CreateConnection();
    }

    /// <summary>
    /// A command that opens a connection for each execution, in the way of <see cref="CreateConnection"/>, and closes it after.
    /// </summary>
    /// <param name="commandText">Its text, which may be set later.</param>
    public new NpgsqlCommand CreateCommand(string? commandText = null)
    {
        ThrowIfDisposed();
        return _waiting.Value.CreateCommand(commandText);
    }

    /// <summary>
    /// A batch that opens a connection for each execution, in the way of <see cref="CreateConnection"/>, and closes it after. For a
    /// transaction, rent a connection and use its own.
    /// </summary>
    public new NpgsqlBatch CreateBatch()
    {
        ThrowIfDisposed();
        return _waiting.Value.CreateBatch();
    }

    /// <summary>Rents a connection that is proven writable; waits for a writable server if there is none.</summary>
    /// <remarks>
    /// Inside a TransactionScope the primary is proven writable first, and then a connection is opened in the way of
    /// <see cref="CreateConnection"/>, which enlists it as Npgsql does.
    /// </remarks>
    /// <exception cref="NoWritableServerException">None within <see cref="WritableDataSourceOptions.FailoverTimeout"/>.</exception>
    /// <exception cref="NpgsqlException">The server refuses for a reason that waiting does not cure, or the pool is exhausted.</exception>
    public new NpgsqlConnection OpenConnection()
    {
        ThrowIfDisposed();
        if (!_enlists || Transaction.Current is null)
            return _rents.Rent();

        // Npgsql enlists before anybody can look at the connection, so the primary is proven by another one first.
        using (Ambient.Suppress())
            _rents.Rent().Dispose();
        var connection = _waiting.Value.CreateConnection();
        try
        {
            connection.Open();
            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            ThrowIfInVain(e);
            throw;
        }
    }

    /// <inheritdoc cref="OpenConnection"/>
    /// <param name="cancellationToken">Ends the waiting; a check that is under way is left to end by itself.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public new ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _enlists && Transaction.Current is not null
            ? OpenEnlistedAsync(cancellationToken)
            : _rents.RentAsync(cancellationToken);
    }

    async ValueTask<NpgsqlConnection> OpenEnlistedAsync(CancellationToken cancellationToken)
    {
        ValueTask<NpgsqlConnection> proven;
        // The rent reads the ambient transaction where it begins, and there is none for it.
        using (Ambient.Suppress())
            proven = _rents.RentAsync(cancellationToken);
        await Quietly.DisposeAsync(await proven.ConfigureAwait(false), async: true).ConfigureAwait(false);

        var connection = _waiting.Value.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            ThrowIfInVain(e);
            throw;
        }
    }

    /// <summary>What Npgsql throws when the waiting was in vain is told as any other rent tells it.</summary>
    void ThrowIfInVain(Exception failure)
    {
        if (Failures.MeansWaitedInVain(failure))
            throw new NoWritableServerException(_waiting.Value.FailoverTimeout, _cluster.Tracker.Answers, mayPass: true);
    }

    /// <summary>
    /// A genuine <see cref="NpgsqlDataSource"/> over the same servers, for libraries that take nothing else. Its opens wait for a writable
    /// server, as those of <see cref="CreateConnection"/> do.
    /// </summary>
    /// <returns>
    /// Always the same one, which lives as long as this source. Disposing it (some libraries dispose what they were given) closes its idle
    /// connections and nothing else.
    /// </returns>
    /// <remarks>
    /// From the first call on, and while it has connections, the primary is asked once in
    /// <see cref="WritableDataSourceOptions.PeerCheckInterval"/> whether it still is one, since nobody sees the connections that a library
    /// opens. Its pools are its own: a process that uses <see cref="OpenConnection"/> too has two pools for each server. With several hosts
    /// it keeps one connection for itself.
    /// </remarks>
    public NpgsqlDataSource AsNpgsqlDataSource()
    {
        ThrowIfDisposed();
        var shared = _waiting.Value.Share();
        ByDoor.AddOrUpdate(shared, this);
        return shared;
    }

    /// <summary>
    /// Raised, on a thread of the pool, when another server became the primary. A primary that is lost and found again raises nothing, nor
    /// does the first one.
    /// </summary>
    public event EventHandler<PrimaryChangedEventArgs>? PrimaryChanged;

    /// <summary>
    /// For whoever holds on to a connection, to LISTEN, for an advisory lock, for a long COPY: cancelled when its server was replaced as
    /// the primary. The connection may work on then, and lead to a server that nobody else writes to.
    /// </summary>
    /// <param name="connection">An open connection of this source, through whichever door it came.</param>
    /// <returns>A token of the connection's server; cancelled already where another is the primary.</returns>
    /// <exception cref="ArgumentException">The connection is closed, or leads to no server of this source.</exception>
    public CancellationToken GetReplacedToken(NpgsqlConnection connection)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(connection);
        return _cluster.Tracker.Servers.FirstOrDefault(server => server.Owns(connection)) is { } server
            ? _cluster.Tracker.ReplacementOf(server)
            : throw new ArgumentException("The connection is not open, or leads to no server of this data source. Pass one that was opened by it.", nameof(connection));
    }

    /// <summary>
    /// Closes the idle connections of every pool and the rented ones when they come back, and forgets what was learnt: which server is
    /// the primary, and the timeline that older primaries are refused by. The way back after a deliberate point-in-time recovery.
    /// </summary>
    public void Clear()
    {
        ThrowIfDisposed();
        _cluster.Fence.Forget();
        ClearPools();
        _cluster.Tracker.Forget();
    }

    /// <summary>
    /// Has Npgsql load the database's types again, for enums, composite types and extensions that were created since the first connection
    /// was opened. Where another cluster takes the place of the one in use, the guard does that by itself.
    /// </summary>
    /// <remarks>
    /// Not for <see cref="CreateConnection"/> and <see cref="AsNpgsqlDataSource"/> of a source that was built with
    /// <c>BuildWritable</c>, or from a builder that a container's registration changes: Npgsql offers no way there.
    /// </remarks>
    /// <exception cref="NpgsqlException">As <see cref="OpenConnection"/> throws.</exception>
    public void ReloadTypes()
    {
        using (var connection = OpenConnection())
            connection.ReloadTypes();
        if (_waiting.IsValueCreated)
            _waiting.Value.ReloadTypes();
    }

    /// <inheritdoc cref="ReloadTypes"/>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task ReloadTypesAsync(CancellationToken cancellationToken = default)
    {
        var connection = await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            await connection.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
        if (_waiting.IsValueCreated)
            _waiting.Value.ReloadTypes();
    }

    void ClearPools()
    {
        foreach (var server in _cluster.Tracker.Servers)
            server.Pool.Clear();
        if (_waiting.IsValueCreated)
            _waiting.Value.Clear();
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        => await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand(string? commandText = null) => CreateCommand(commandText);

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => CreateBatch();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && EndOnce())
            _cluster.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (EndOnce())
            await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    bool EndOnce()
    {
        if (_shared || Interlocked.Exchange(ref _disposed, 1) != 0)
            return false;
        ReadOnlyErrorSignal.Unsubscribe();
        Living.TryRemove(this, out _);
        return true;
    }

    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed != 0, this);
}
