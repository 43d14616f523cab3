using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Doors;

namespace ReadOnlyGuard.Internal;

/// <summary>What the guard needs of a data source builder: its settings, how it builds, and whether it is the guard's own.</summary>
/// <param name="Settings">The builder's settings; each data source is built with its own and they are put back afterwards.</param>
/// <param name="Build">Builds a data source from the builder as it stands.</param>
/// <param name="Initialize">
/// Sets the physical connection initializer; <see langword="null"/> for a builder of the application's, which may have one.
/// </param>
sealed record Blueprint(
    NpgsqlConnectionStringBuilder Settings, Func<NpgsqlDataSource> Build, Action<Action<NpgsqlConnection>?, Func<NpgsqlConnection, Task>?>? Initialize = null)
{
    /// <summary>Of a builder that nobody else has seen.</summary>
    public static Blueprint OfOwn(NpgsqlDataSourceBuilder builder) => new(
        builder.ConnectionStringBuilder, builder.Build, (initializer, asyncInitializer) => builder.UsePhysicalConnectionInitializer(initializer, asyncInitializer));

    /// <inheritdoc cref="OfOwn(NpgsqlDataSourceBuilder)"/>
    public static Blueprint OfOwn(NpgsqlSlimDataSourceBuilder builder) => new(
        builder.ConnectionStringBuilder, builder.Build, (initializer, asyncInitializer) => builder.UsePhysicalConnectionInitializer(initializer, asyncInitializer));
}

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
        var settings = blueprint.Settings;
        ConnectionString.Validate(settings);
        var logger = UnfailingLogger.Create(options.LoggerFactory);
        var fence = new Fence(logger);
        var mode = new OpenMode();
        var original = settings.ConnectionString;
        var whole = new NpgsqlConnectionStringBuilder(original);
        var servers = new List<Server>();
        try
        {
            var endpoints = Endpoint.AllOf(whole);
            foreach (var endpoint in endpoints)
            {
                blueprint.Initialize?.Invoke(Births.Count, CountAsync);
                settings.ConnectionString = ConnectionString.ForPool(whole, endpoint).ConnectionString;
                var pool = blueprint.Build();
                blueprint.Initialize?.Invoke(null, null);
                settings.ConnectionString = ConnectionString.ForProbe(whole, endpoint, options.CheckTimeout).ConnectionString;
                var checker = new WriteChecker(endpoint, options.WriteCheck, options.CheckTimeout, fence, logger);
                var direct = blueprint.Build();
                var probe = new Probe(direct, mode, checker, endpoint.Host, isUsed: endpoints.Count == 1);
                var peer = new Peer(direct, mode, checker, endpoint.Host);
                var witness = new CommitWitness(direct, mode, options.CheckTimeout, endpoint.Host);
                var late = new LateCommits(direct, mode, endpoint.Host);
                var physical = new PhysicalConnections(processIdsTell: !endpoint.IsUnixSocket, birthsAreSeen: blueprint.Initialize is not null);
                servers.Add(new Server(endpoint, pool, physical, probe, peer, witness, late, checker, fence, options, logger));
            }
            var tracker = new PrimaryTracker(servers, fence, options, logger);
            var waiting = new Lazy<WaitingDataSource>(() => BuildWaiting(blueprint, whole, tracker, fence, mode, options));
            // Nobody else changes the guard's own builder. What the application's says it says now.
            if (blueprint.Initialize is null)
                _ = waiting.Value;
            return new(ConnectionString.Displayable(whole), whole.Enlist, tracker, fence, mode, waiting, options, logger);
        }
        catch
        {
            servers.ForEach(s => s.Dispose());
            throw;
        }
        finally
        {
            blueprint.Initialize?.Invoke(null, null);
            settings.ConnectionString = original;
        }
    }

    static WaitingDataSource BuildWaiting(
        Blueprint blueprint, NpgsqlConnectionStringBuilder whole, PrimaryTracker tracker, Fence fence, OpenMode mode, WritableDataSourceOptions options)
    {
        var births = blueprint.Initialize is null ? null : new BirthCheck(tracker.Servers, mode);
        if (births is not null)
            blueprint.Initialize!(births.Check, births.CheckAsync);
        var original = blueprint.Settings.ConnectionString;
        try
        {
            return new(tracker, fence, mode, births, options, whole, waiting =>
            {
                blueprint.Settings.ConnectionString = waiting.ConnectionString;
                return (NpgsqlMultiHostDataSource)blueprint.Build();
            });
        }
        finally
        {
            blueprint.Settings.ConnectionString = original;
        }
    }

    static Task CountAsync(NpgsqlConnection connection) => Task.CompletedTask;
}
