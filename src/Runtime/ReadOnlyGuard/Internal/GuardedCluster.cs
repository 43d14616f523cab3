using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>Builds the machinery for one connection string from a data source builder, and leaves the builder as it was.</summary>
sealed class GuardedCluster
{
    GuardedCluster(string displayable, bool enlists, PrimaryTracker tracker, Fence fence, WritableDataSourceOptions options, ILogger logger)
    {
        (Displayable, Enlists, Tracker, Fence) = (displayable, enlists, tracker, fence);
        Ambient = new AmbientTransactions();
        Rents = new Rents(tracker);
        var outcomes = new CommitOutcomes(tracker, Rents, fence, options.CheckTimeout);
        Lent = new LentConnections(tracker, outcomes, enlists);
        Transactions = new WriteTransactions(tracker, Rents, outcomes, options.CancelReplacedOperations, logger);
        Readiness = new Readiness(tracker, Rents, options.FailoverTimeout);
        OpenValidation.Attach(tracker, Ambient, enlists, logger);
    }

    public string Displayable { get; }
    public bool Enlists { get; }
    public PrimaryTracker Tracker { get; }
    public Fence Fence { get; }
    public AmbientTransactions Ambient { get; }
    public Rents Rents { get; }
    public LentConnections Lent { get; }
    public WriteTransactions Transactions { get; }
    public Readiness Readiness { get; }

    /// <param name="settings">The builder's settings; each data source is built with its own and they are put back afterwards.</param>
    /// <param name="build">Builds a data source from the builder as it stands.</param>
    public static GuardedCluster Build(NpgsqlConnectionStringBuilder settings, Func<NpgsqlDataSource> build, WritableDataSourceOptions given)
    {
        var options = given.ValidatedCopy();
        ConnectionString.Validate(settings);
        var logger = UnfailingLogger.Create(options.LoggerFactory);
        var fence = new Fence(logger);
        var original = settings.ConnectionString;
        var whole = new NpgsqlConnectionStringBuilder(original);
        var servers = new List<Server>();
        try
        {
            foreach (var endpoint in Endpoint.AllOf(whole))
            {
                settings.ConnectionString = ConnectionString.ForPool(whole, endpoint).ConnectionString;
                var pool = build();
                settings.ConnectionString = ConnectionString.ForProbe(whole, endpoint, options.CheckTimeout).ConnectionString;
                var checker = new WriteChecker(endpoint, options.WriteCheck, options.CheckTimeout, fence, logger);
                var direct = build();
                var probe = new Probe(direct, checker, endpoint.Host);
                var peer = new Peer(direct, checker, endpoint.Host);
                var witness = new CommitWitness(direct, options.CheckTimeout, endpoint.Host);
                var late = new LateCommits(direct, endpoint.Host);
                servers.Add(new Server(endpoint, pool, probe, peer, witness, late, checker, fence, options, logger));
            }
        }
        catch
        {
            servers.ForEach(s => s.Dispose());
            throw;
        }
        finally
        {
            settings.ConnectionString = original;
        }
        return new(ConnectionString.Displayable(whole), whole.Enlist, new PrimaryTracker(servers, options, logger), fence, options, logger);
    }
}
