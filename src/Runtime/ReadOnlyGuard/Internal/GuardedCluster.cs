using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Doors;

namespace ReadOnlyGuard.Internal;

/// <summary>Builds the machinery for one connection string from a data source builder, and leaves the builder as it was.</summary>
sealed class GuardedCluster
{
    GuardedCluster(string displayable, bool enlists, PrimaryTracker tracker, Fence fence, OpenMode mode, Lazy<WaitingDataSource> waiting, WritableDataSourceOptions options, ILogger logger)
    {
        (Displayable, Enlists, Tracker, Fence, Waiting) = (displayable, enlists, tracker, fence, waiting);
        Rents = new Rents(tracker, mode);
        var outcomes = new CommitOutcomes(tracker, Rents, fence, options.CheckTimeout);
        Contexts = new ContextConnections(tracker, outcomes, waiting);
        Transactions = new WriteTransactions(tracker, Rents, outcomes, options.CancelReplacedOperations, logger);
        Readiness = new Readiness(tracker, Rents, options);
        RentedConnections.Attach(tracker, enlists);
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
        var fence = new Fence(logger);
        var mode = new OpenMode();
        var servers = new List<Server>();
        try
        {
            var endpoints = Endpoint.AllOf(whole);
            foreach (var endpoint in endpoints)
            {
                // Npgsql's metrics show of all pools of one name only one.
                var name = endpoints.Count > 1 && blueprint.Name is { } shared ? $"{shared} {endpoint.AsHost()}" : blueprint.Name;
                var settings = ConnectionString.ForPool(whole, endpoint);
                NamedPool Build(string? name) => new(blueprint.Build(settings.ConnectionString, name, Births.Count, CountAsync), name);
                // Npgsql tells its data sources apart by their names.
                Func<int, NamedPool>? again = blueprint.IsOwn ? n => Build($"{name ?? ConnectionString.Displayable(settings)} ({n})") : null;
                var pool = new ServerPool(endpoint, Build(name), again, logger);
                var checker = new WriteChecker(endpoint, options.WriteCheck, options.CheckTimeout, fence, logger);
                var direct = blueprint.BuildForQuestions(
                    ConnectionString.ForProbe(whole, endpoint, options.CheckTimeout).ConnectionString, $"{source} {endpoint.AsHost()} (ReadOnlyGuard's own)");
                var probe = new Probe(direct, mode, checker, endpoint.Host, isUsed: endpoints.Count == 1);
                var peer = new Peer(direct, mode, checker, endpoint.Host);
                var witness = new CommitWitness(direct, mode, options.CheckTimeout, endpoint.Host);
                var late = new LateCommits(direct, mode, endpoint.Host);
                var physical = new PhysicalConnections(processIdsTell: !endpoint.IsUnixSocket, birthsAreSeen: blueprint.IsOwn);
                servers.Add(new Server(endpoint, pool, physical, probe, peer, witness, late, checker, fence, options, logger));
            }
            var tracker = new PrimaryTracker(servers, fence, options, logger);
            var waiting = new Lazy<WaitingDataSource>(() => BuildWaiting(blueprint, whole, tracker, fence, mode, options));
            // Nobody else changes the guard's own builder. What the application's says it says now.
            if (!blueprint.IsOwn)
                _ = waiting.Value;
            ObservedServers.Add(servers);
            return new(ConnectionString.Displayable(whole), whole.Enlist, tracker, fence, mode, waiting, options, logger);
        }
        catch
        {
            servers.ForEach(s => s.Dispose());
            throw;
        }
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
}
