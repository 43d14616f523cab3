using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>What <c>RecoveryWatcher.Watch</c> is given, a source or a connection string, is silent for the rules on raw use; what stands beside is not.</summary>
public sealed class WatchedPools
{
    [Theory]
    [InlineData("object C() => new NpgsqlConnection(\"Host=a\"); object W() => RecoveryWatcher.Watch(\"Host=a\");")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); _ = RecoveryWatcher.Watch(cs); }")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); _ = RecoveryWatcher.Watch(loggerFactory: null, connectionString: cs); }")]
    [InlineData("readonly string _cs; readonly RecoveryWatcher _w; Orders(string cs) { _cs = cs; _w = RecoveryWatcher.Watch(_cs); } object C() => new NpgsqlConnection(_cs); object W => _w;")]
    [InlineData("static string Cs => \"Host=a\"; object C() => new NpgsqlConnection(Cs); object W() => RecoveryWatcher.Watch(Cs);")]
    [InlineData("void Run(string cs) { var b = new NpgsqlConnectionStringBuilder(cs); _ = RecoveryWatcher.Watch(b.ConnectionString); using var c = new NpgsqlConnection(b.ConnectionString); }")]
    [InlineData("void Run(IDictionary<string, string> settings) { _ = RecoveryWatcher.Watch(settings[\"Db\"]); using var c = new NpgsqlConnection(settings[\"Db\"]); }")]
    [InlineData("void Run(string cs) { new Marten.StoreOptions().Connection(cs); _ = RecoveryWatcher.Watch(cs); }")]
    [InlineData("void Run(WritableDataSource guard) => _ = RecoveryWatcher.Watch(guard.ConnectionString);")]
    [InlineData("void Run(string cs) => _ = RecoveryWatcher.Watch(NpgsqlDataSource.Create(cs).ConnectionString);")]
    [InlineData("void Run(string cs) => _ = RecoveryWatcher.Watch(new NpgsqlConnection(cs).ConnectionString);")]
    public Task Of_a_connection_string_are_silent(string member) => AreReported(member);

    [Theory]
    [InlineData("object C() => new NpgsqlConnection(\"Host=b\"); object W() => RecoveryWatcher.Watch(\"Host=a\");", "ROG001")]
    [InlineData("void Run(string cs, string other) { using var c = new NpgsqlConnection(other); _ = RecoveryWatcher.Watch(cs); }", "ROG001")]
    [InlineData("void Run(string cs) { var a = new NpgsqlConnectionStringBuilder(cs); var b = new NpgsqlConnectionStringBuilder(cs) { Database = \"x\" }; _ = RecoveryWatcher.Watch(a.ConnectionString); using var c = new NpgsqlConnection(b.ConnectionString); }", "ROG001")]
    [InlineData("void Run(IDictionary<string, string> settings) { _ = RecoveryWatcher.Watch(settings[\"Db\"]); using var c = new NpgsqlConnection(settings[\"Other\"]); }", "ROG001")]
    [InlineData("void Run(string cs, string other) { new Marten.StoreOptions().Connection(other); _ = RecoveryWatcher.Watch(cs); }", "ROG014")]
    // Its pool is its own.
    [InlineData("void Run(string cs) { var s = NpgsqlDataSource.Create(cs); s.OpenConnection(); _ = RecoveryWatcher.Watch(cs); }", "ROG002")]
    public Task Beside_a_watched_string_are_reported(string member, string rule) => AreReported(member, rule);

    [Theory]
    [InlineData("void Run(string cs) { var (s, n) = (NpgsqlDataSource.Create(cs), 1); _ = (RecoveryWatcher.Watch(s), n); }")]
    [InlineData("void Run(string[] all) { foreach (var cs in all) { var s = NpgsqlDataSource.Create(cs); _ws.Add(RecoveryWatcher.Watch(s)); } }")]
    [InlineData("void Run(string[] all) { var ss = all.Select(cs => NpgsqlDataSource.Create(cs)).ToList(); foreach (var s in ss) _ws.Add(RecoveryWatcher.Watch(s)); }")]
    [InlineData("void Run(string cs) { NpgsqlDataSource[] ss = [NpgsqlDataSource.Create(cs)]; _ws.AddRange(ss.Select(s => RecoveryWatcher.Watch(s))); }")]
    [InlineData("readonly Dictionary<string, NpgsqlDataSource> _ss = []; void Run(string cs) { _ss[cs] = NpgsqlDataSource.Create(cs); _ = RecoveryWatcher.Watch(_ss[cs]); }")]
    [InlineData("readonly Dictionary<string, NpgsqlDataSource> _ss = []; void Run(string cs) { _ss.Add(cs, NpgsqlDataSource.Create(cs)); foreach (var s in _ss.Values) _ws.Add(RecoveryWatcher.Watch(s)); }")]
    [InlineData("static void Make(string cs, out NpgsqlDataSource s) => s = NpgsqlDataSource.Create(cs); void Run(string cs) { Make(cs, out var s); _ws.Add(RecoveryWatcher.Watch(s)); }")]
    [InlineData("sealed class Pool(NpgsqlDataSource s) { public RecoveryWatcher W { get; } = RecoveryWatcher.Watch(s); } object Run(string cs) => new Pool(NpgsqlDataSource.Create(cs)).W;")]
    [InlineData("void Run(IServiceCollection services, string cs) { services.AddSingleton(_ => NpgsqlDataSource.Create(cs)); services.AddSingleton(p => RecoveryWatcher.Watch(p.GetRequiredService<NpgsqlDataSource>())); }")]
    [InlineData("void Run(IServiceCollection services, string cs) => services.AddNpgsqlDataSource(cs); sealed class Pool(NpgsqlDataSource s) { public RecoveryWatcher W { get; } = RecoveryWatcher.Watch(s); }")]
    [InlineData("readonly List<NpgsqlDataSource> _ss = []; void Run(string cs) { var s = NpgsqlDataSource.Create(cs); _ss.Add(s); foreach (var each in _ss) _ws.Add(RecoveryWatcher.Watch(each)); }")]
    public Task Of_a_source_that_goes_a_way_are_silent(string member) => AreReported(member);

    [Theory]
    [InlineData("void Run(string cs) { var (s, t) = (NpgsqlDataSource.Create(cs), NpgsqlDataSource.Create(cs)); _ = RecoveryWatcher.Watch(s); t.OpenConnection(); }", "ROG002")]
    [InlineData("void Run(string[] all) { var a = all.Select(cs => NpgsqlDataSource.Create(cs)).ToList(); var b = all.Select(cs => NpgsqlDataSource.Create(cs)).ToList(); foreach (var s in a) _ws.Add(RecoveryWatcher.Watch(s)); b[0].OpenConnection(); }", "ROG002")]
    [InlineData("sealed class Pool(NpgsqlDataSource s, NpgsqlDataSource t) { public object T => t; public RecoveryWatcher W { get; } = RecoveryWatcher.Watch(s); } object Run(string cs, NpgsqlDataSource s) => new Pool(s, NpgsqlDataSource.Create(cs)).W;", "ROG002")]
    [InlineData("void Run(IServiceCollection services, string cs) => services.AddNpgsqlDataSource(cs, serviceKey: \"reports\"); sealed class Pool(NpgsqlDataSource s) { public RecoveryWatcher W { get; } = RecoveryWatcher.Watch(s); }", "ROG003")]
    public Task Beside_a_source_that_goes_a_way_are_reported(string member, string rule) => AreReported(member, rule);

    [Theory]
    [InlineData("static class Start { public static object Run() => RecoveryWatcher.Watch(Sources.Legacy); }")]
    [InlineData("class Start(Sources sources) { public object Run() => RecoveryWatcher.Watch(sources.Kept); }", "Legacy")]
    public async Task In_another_file_are_silent(string watching, string? reported = null)
    {
        const string sources = "using Npgsql;\npublic class Sources { public static readonly NpgsqlDataSource Legacy = NpgsqlDataSource.Create(\"Host=a\"); public NpgsqlDataSource Kept { get; } = NpgsqlDataSource.Create(\"Host=b\"); }\n";
        var solution = Workbench.Empty.WithApplication("Shop", ("Sources.cs", sources), ("Start.cs", "using ReadOnlyGuard;\n" + watching));
        Assert.Empty(await solution.CompileErrorsAsync());

        var report = Assert.Single(await solution.Projects.Single().ReportsAsync());

        Assert.Equal(sources.IndexOf("NpgsqlDataSource.Create(\"Host=" + (reported is null ? "b" : "a"), StringComparison.Ordinal), report.Location.SourceSpan.Start);
    }

    static async Task AreReported(string member, params string[] rules)
    {
        var solution = Workbench.Empty.WithApplication("Shop", ("Orders.cs",
            "using System.Linq;\nusing Microsoft.Extensions.DependencyInjection;\nusing ReadOnlyGuard;\n" + Code.InClass("readonly List<RecoveryWatcher> _ws = [];\n" + member) +
            "\nnamespace Marten { public class StoreOptions { public void Connection(string connectionString) { } } }\n"));
        Assert.Empty(await solution.CompileErrorsAsync());

        Assert.Equal(rules, (await solution.Projects.Single().ReportsAsync()).Select(report => report.Id));
    }
}
