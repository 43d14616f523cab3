using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Doors;
using ReadOnlyGuard.Internal.Renting;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Internal.Transactions;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// The machinery for one connection string, and who owns what of it. Built from a data source builder, which is left as it was.
/// </summary>
sealed class GuardedCluster : IDisposable, IAsyncDisposable
{
    readonly IReadOnlyDictionary<Server, ServerCommits> _commits;

    GuardedCluster(
        NpgsqlConnectionStringBuilder whole, PrimaryTracker tracker, Fence fence, OpenMode mode, IReadOnlyDictionary<Server, ServerCommits> commits,
        Lazy<WaitingDataSource> waiting, WritableDataSourceOptions options, ILogger logger)
    {
        (Displayable, Enlists, Tracker, Fence, Waiting) = (ConnectionString.Displayable(whole), whole.Enlist, tracker, fence, waiting);
        _commits = commits;
        Rents = new Rents(tracker, mode);
        var outcomes = new CommitOutcomes(tracker, Rents, fence, commits, options.CheckTimeout);
        Contexts = new ContextConnections(tracker, outcomes, waiting);
        Transactions = new WriteTransactions(tracker, Rents, outcomes, commits, options.CancelReplacedOperations, logger);
        Readiness = new Readiness(tracker, Rents, options);
        RentedConnections.Attach(tracker, Enlists);
        if (tracker.OnlyServer is { Pool.CanRenew: true } server)
            _ = new PoolQueue(tracker, server, options.CheckTimeout);
        ObservedServers.Add(tracker.Servers);
    }

    public string Displayable { get; }
    public bool Enlists { get; }
    public PrimaryTracker Tracker { get; }
    public Fence Fence { get; }
    public Rents Rents { get; }
    /// <summary>Made when the first of its doors is used: each pool that Npgsql keeps makes the next one dearer.</summary>
    public Lazy<WaitingDataSource> Waiting { get; }
    public ContextConnections Contexts { get; }
    public WriteTransactions Transactions { get; }
    public Readiness Readiness { get; }

    public static GuardedCluster Build(Blueprint blueprint, WritableDataSourceOptions given)
    {
        var options = given.ValidatedCopy();
        ConnectionString.Validate(blueprint.Settings);
        var whole = new NpgsqlConnectionStringBuilder(blueprint.Settings.ConnectionString);
        var source = SourceNameOf(blueprint.Name, whole);
        var logger = UnfailingLogger.Create(options.LoggerFactory, source);
        var (fence, mode) = (new Fence(logger), new OpenMode());
        var commits = new Dictionary<Server, ServerCommits>();
        var servers = new List<Server>();
        try
        {
            foreach (var endpoint in Endpoint.AllOf(whole))
            {
                var direct = blueprint.BuildForQuestions(
                    ConnectionString.ForProbe(whole, endpoint, options.CheckTimeout).ConnectionString, $"{source} {endpoint.AsHost()} (ReadOnlyGuard's own)");
                var server = BuildServer(blueprint, whole, endpoint, direct, fence, mode, options, logger);
                servers.Add(server);
                commits.Add(server, new(new(direct, mode, options.CheckTimeout, endpoint.Host), new(direct, mode, endpoint.Host)));
            }
            var tracker = new PrimaryTracker(servers, fence, options, logger);
            var waiting = new Lazy<WaitingDataSource>(() => BuildWaiting(blueprint, whole, tracker, fence, mode, options));
            // Nobody else changes the guard's own builder. What the application's says it says now.
            if (!blueprint.IsOwn)
                _ = waiting.Value;
            return new(whole, tracker, fence, mode, commits, waiting, options, logger);
        }
        catch
        {
            servers.ForEach(s => s.Dispose());
            throw;
        }
    }

    static Server BuildServer(
        Blueprint blueprint, NpgsqlConnectionStringBuilder whole, Endpoint endpoint, NpgsqlDataSource direct, Fence fence, OpenMode mode,
        WritableDataSourceOptions options, ILogger logger)
    {
        var isOnly = Endpoint.AllOf(whole).Count == 1;
        // Npgsql's metrics show of all pools of one name only one.
        var name = !isOnly && blueprint.Name is { } shared ? $"{shared} {endpoint.AsHost()}" : blueprint.Name;
        var settings = ConnectionString.ForPool(whole, endpoint);
        NamedPool Build(string? name) => new(blueprint.Build(settings.ConnectionString, name, Births.Count, CountAsync), name);
        Func<int, NamedPool>? again = blueprint.IsOwn ? n => Build($"{name ?? ConnectionString.Displayable(settings)} ({n})") : null;
        var pool = new ServerPool(endpoint, Build(name), again, logger);
        var checker = new WriteChecker(endpoint, options.WriteCheck, options.CheckTimeout, fence, logger);
        var probe = new Probe(direct, mode, checker, endpoint.Host, isUsed: isOnly);
        var peer = new Peer(direct, mode, checker, endpoint.Host);
        var physical = new PhysicalConnections(processIdsTell: !endpoint.IsUnixSocket, birthsAreSeen: blueprint.IsOwn);
        return new(
            endpoint, pool, physical, new Freshness(new Clock(options.TimeProvider), options.ValidationInterval, fence),
            new BoundedChecks(checker, options.CheckTimeout, options.TimeProvider, logger), new LoadedTypes(fence, checker), probe, peer);
    }

    /// <summary>As people tell the data sources of a process apart.</summary>
    static string SourceNameOf(string? name, NpgsqlConnectionStringBuilder settings)
        => name ?? settings.ApplicationName ?? settings.Database ?? settings.Username ?? "ReadOnlyGuard";

    static WaitingDataSource BuildWaiting(
        Blueprint blueprint, NpgsqlConnectionStringBuilder whole, PrimaryTracker tracker, Fence fence, OpenMode mode, WritableDataSourceOptions options)
    {
        var births = blueprint.IsOwn ? new BirthCheck(tracker.Servers, mode, fence) : null;
        return new(tracker, fence, mode, births, options, whole, waiting => (NpgsqlMultiHostDataSource)blueprint.Build(
            // Its rooms have pools too: by their connection strings they can be told from the servers'.
            waiting.ConnectionString, name: null, connection => births?.Check(connection), connection => births?.CheckAsync(connection) ?? Task.CompletedTask));
    }

    static Task CountAsync(NpgsqlConnection connection) => Task.CompletedTask;

    /// <summary>Ends the waiting and the looks first: whoever waits reads why.</summary>
    public void Dispose()
    {
        End();
        if (Waiting.IsValueCreated)
            Waiting.Value.Dispose();
        foreach (var server in Tracker.Servers)
            server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        End();
        if (Waiting.IsValueCreated)
            await Waiting.Value.DisposeAsync().ConfigureAwait(false);
        foreach (var server in Tracker.Servers)
            await server.DisposeAsync().ConfigureAwait(false);
    }

    void End()
    {
        ObservedServers.Remove(Tracker.Servers);
        Tracker.Dispose();
        foreach (var commits in _commits.Values)
            commits.Dispose();
    }
}
