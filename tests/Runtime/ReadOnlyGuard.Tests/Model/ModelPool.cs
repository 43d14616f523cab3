using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Tests.Model;

/// <summary>
/// The guard's own <see cref="Server"/> with a pool that needs no server: its connections lead to the host that the endpoint led to when
/// they were opened. Npgsql's pool under it is never opened.
/// </summary>
sealed class ModelPool
{
    static readonly NpgsqlDataSource Unopened = NpgsqlDataSource.Create("Host=nowhere");

    readonly WriteChecker _checker;
    readonly Stack<ModelConnection> _idle = new();
    readonly HashSet<int> _cleared = [];

    public ModelPool(string name, Host target, Fence fence, WritableDataSourceOptions options)
    {
        var endpoint = new Endpoint(name, 5432);
        Target = target;
        _checker = new(endpoint, WriteCheck.Query, options.CheckTimeout, fence, NullLogger.Instance);
        Probe = new(() => Target.IsDown ? Unreachable : _checker.Judge(Target.Row, isUsed: false));
        Server = new(
            endpoint, new ServerPool(endpoint, new NamedPool(Unopened, name), build: null, NullLogger.Instance), new PhysicalConnections(processIdsTell: true),
            new Freshness(new Clock(options.TimeProvider), options.ValidationInterval, fence),
            new BoundedChecks(_checker, options.CheckTimeout, options.TimeProvider, NullLogger.Instance), new LoadedTypes(fence, _checker), Probe,
            new Peer(Unopened, new OpenMode(), _checker, name));
    }

    public Server Server { get; }
    public ModelProbe Probe { get; }

    /// <summary>Where new connections lead, as a balancer or a DNS name may change it.</summary>
    public Host Target { get; set; }

    public int Checks { get; private set; }

    /// <summary>An idle connection, or a new one.</summary>
    /// <returns><see langword="null"/> if nobody answers.</returns>
    public ModelConnection? Open(int generation)
    {
        if (_idle.TryPop(out var idle))
            return idle;
        return Target.IsDown ? null : new ModelConnection(this, Target, new PhysicalConnection(new object(), generation, Server.Pool.Generation), Server.Pool.Generation);
    }

    public ServerAnswer Ask(ModelConnection connection)
    {
        Checks++;
        var answer = connection.IsDead ? Unreachable : _checker.Judge(connection.Host.Row);
        connection.LastSaid = answer.Role;
        return answer;
    }

    /// <summary>What a look at the endpoint brings, if that is a promotion.</summary>
    public ServerAnswer? Look() => Target.IsDown ? null : _checker.Look(Target.Row);

    public void TakeBack(ModelConnection connection, ServerAnswer refusal)
    {
        var before = Server.Pool.Generation;
        if (refusal.CondemnsPool)
            Server.Pool.ClearOnce(connection.Physical, refusal);
        if (Server.Pool.Generation != before)
            Cleared(connection.OpenedIn);
    }

    public void GiveBack(ModelConnection connection)
    {
        if (!connection.IsDead && connection.OpenedIn == Server.Pool.Generation)
            _idle.Push(connection);
    }

    /// <summary>Npgsql's part of a clear: the idle connections are closed, the rented ones when they come back.</summary>
    /// <param name="generation">The one of the connection that it was done for.</param>
    public void Cleared(int generation)
    {
        Assert.True(_cleared.Add(generation), "A pool was cleared twice for one generation.");
        _idle.Clear();
    }

    public ServerAnswer Unreachable => Server.NotAnswered with { Error = new IOException() };
}

/// <summary>A physical connection.</summary>
/// <param name="OpenedIn">How often its pool had been cleared.</param>
sealed record ModelConnection(ModelPool Pool, Host Host, PhysicalConnection Physical, int OpenedIn)
{
    readonly int _crashes = Host.Crashes;

    public ServerRole? LastSaid { get; set; }

    public bool IsDead => Host.Crashes != _crashes;
}
