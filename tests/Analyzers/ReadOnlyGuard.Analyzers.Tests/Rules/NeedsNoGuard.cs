using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>What every rule on raw use leaves alone, because the code shows that there is no standby, or no server at all.</summary>
public sealed class NeedsNoGuard
{
    [Theory]
    [InlineData("object Make() => new NpgsqlConnection(\"Host=free-tier.cockroachlabs.cloud;Database=shop\");")]
    [InlineData("object Make() => new NpgsqlConnection(\"Host=db1:26257,db2:26257\");")]
    [InlineData("object Make() => NpgsqlDataSource.Create(\"Host=db;Port=26257\");")]
    [InlineData("object Make(string cockroachConnectionString) => new NpgsqlConnection(cockroachConnectionString);")]
    [InlineData("string YugabyteUrl => \"Host=a\"; object Make() => new NpgsqlConnection(YugabyteUrl);")]
    [InlineData("object Make(Func<string, string> setting) { var cs = setting(\"ConnectionStrings:Redshift\"); return new NpgsqlConnection(cs); }")]
    [InlineData("object Make(string host) => new NpgsqlConnection($\"Host={host};Port=26257\" + \";Options=cockroach\");")]
    [InlineData("class CockroachStore(string cs) { object Make() => new NpgsqlConnection(cs); }")]
    [InlineData("class QuestDbStore { class Nested(string cs) { object Make() => NpgsqlDataSource.Create(cs); } }")]
    [InlineData("class CockroachOptions { public string Cs { get; set; } = \"\"; } object Make(CockroachOptions options) => new NpgsqlConnection(options.Cs);")]
    [InlineData("class CockroachContainer { public string Url() => \"\"; } readonly CockroachContainer _db = new(); object Make() => new NpgsqlConnection(_db.Url());")]
    [InlineData("object OpenCockroach(string cs) => new NpgsqlConnection(cs);")]
    [InlineData("object Make() { var b = new NpgsqlConnectionStringBuilder { Host = \"db\", Port = 26257 }; return new NpgsqlConnection(b.ConnectionString); }")]
    [InlineData("object Make() { var b = new NpgsqlDataSourceBuilder(); b.ConnectionStringBuilder.Host = \"db\"; b.ConnectionStringBuilder.Port = 5439; return b.Build(); }")]
    [InlineData("const int Port = 26257; object Make(string host) => new NpgsqlConnection($\"Host={host};Port={Port}\");")]
    public Task Stays_silent_for_another_database(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object Make() => [|new NpgsqlConnection(\"Host=db1,db2;Port=5433\")|];")]
    [InlineData("object Make(string connectionString) => [|new NpgsqlConnection(connectionString)|];")]
    [InlineData("class Store(string cs) { object Make() => [|new NpgsqlConnection(cs)|]; } class CockroachStore;")]
    [InlineData("object Make(string cs, string cockroach) { Console.WriteLine(cockroach); return [|new NpgsqlConnection(cs)|]; }")]
    [InlineData("object Make(string host, int port) => [|new NpgsqlConnection($\"Host={host};Port={port}\")|];")]
    [InlineData("object Make(string host, bool c) { var b = new NpgsqlConnectionStringBuilder { Host = host }; if (c) b.Port = 26257; return [|new NpgsqlConnection(b.ConnectionString)|]; }")]
    public Task Is_reported_for_PostgreSQL(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object Make() => new NpgsqlConnection(\"Host=fake;Database=shop\");")]
    [InlineData("object Make() => NpgsqlDataSource.Create(\"Server=unused\");")]
    [InlineData("object Make() => new NpgsqlConnection(\"Host=db.invalid\");")]
    [InlineData("object Make() { const string cs = \"Host=example.com;Username=u\"; return new NpgsqlConnection(cs); }")]
    [InlineData("object Make() => new NpgsqlConnection(\"Host=192.0.2.1,does-not-exist\");")]
    [InlineData("class FakeConnections { object Make() => new NpgsqlConnection(); }")]
    [InlineData("void Run(Moq.Setup s) => s.Returns(new NpgsqlConnection());")]
    [InlineData("void Run(Moq.Setup s, string cs) => s.Returns(() => NpgsqlDataSource.Create(cs));")]
    public Task Stays_silent_for_a_fake(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object Make() => [|new NpgsqlConnection(\"Host=fake,db1\")|];")]
    [InlineData("object Make() => [|new NpgsqlConnection(\"Host=localhost\")|];")]
    [InlineData("object Make() => [|new NpgsqlConnection()|];")]
    [InlineData("class FakeConnections(string cs) { object Make() => [|new NpgsqlConnection(cs)|]; }")]
    [InlineData("void Run(Action<object> s, string cs) => s([|new NpgsqlConnection(cs)|]);")]
    public Task Is_reported_for_what_can_be_opened(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("void Run() => new DbContextOptionsBuilder().UseNpgsql(\"Database=x\");")]
    [InlineData("void Run(DbContextOptionsBuilder b) => b.UseNpgsql(\"\");")]
    [InlineData("string Run() { using var c = new DbContext(new DbContextOptionsBuilder().UseNpgsql(\"Host=a\").Options); return c.Database.GenerateCreateScript(); }")]
    [InlineData("object Run() => new DbContext(new DbContextOptionsBuilder().UseNpgsql(\"Host=a\").EnableDetailedErrors().Options).Model;")]
    [InlineData("object Run() { var b = new DbContextOptionsBuilder<DbContext>(); b.UseNpgsql(\"Host=a\"); using var c = new DbContext(b.Options); return System.Linq.Enumerable.Count(c.Model.GetEntityTypes()); }")]
    [InlineData("object Run() { var b = new DbContextOptionsBuilder().UseNpgsql(\"Host=a\"); var o = b.Options; using (var c = new DbContext(o)) { return c.Set<object>().ToQueryString(); } }")]
    [InlineData("string Run() { using var s = NpgsqlDataSource.Create(\"Host=a\"); return s.ConnectionString; }")]
    [InlineData("string Run(string cs) => NpgsqlDataSource.Create(cs).ConnectionString;")]
    [InlineData("object Run(string cs) { var b = new NpgsqlDataSourceBuilder(cs); using var s = b.Build(); using var c = new DbContext(new DbContextOptionsBuilder().UseNpgsql(s).Options); return c.Model; }")]
    [InlineData("string Run() { var o = new DbContextOptionsBuilder(); o.UseNpgsql(NpgsqlDataSource.Create(\"Host=a\")); using var c = new DbContext(o.Options); return c.Database.GenerateCreateScript().Trim(); }")]
    [InlineData("object Run() { using var c = new DbContext(new DbContextOptionsBuilder().UseNpgsql(\"Host=a\").Options); return c.Set<object>().ToQueryString() + System.Linq.Enumerable.Count(c.Database.GetMigrations()); }")]
    [InlineData("string Run(string cs) => new NpgsqlConnection(cs).Database;")]
    [InlineData("string Run(string cs) { using var c = new NpgsqlConnection(cs); return c.Host + c.Port + c.Database.ToLower(); }")]
    public Task Stays_silent_for_what_only_builds_a_model(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("void Run(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Host=a\")|];")]
    [InlineData("void Run(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Name=ConnectionStrings:Shop\")|];")]
    [InlineData("object Run() => new DbContext([|new DbContextOptionsBuilder().UseNpgsql(\"Host=a\")|].Options);")]
    [InlineData("object Run() { using var c = new DbContext([|new DbContextOptionsBuilder().UseNpgsql(\"Host=a\")|].Options); Console.WriteLine(c.Model); return c.Database.EnsureCreated(); }")]
    [InlineData("object Run() { using var c = new DbContext([|new DbContextOptionsBuilder().UseNpgsql(\"Host=a\")|].Options); return System.Linq.Enumerable.ToList(c.Set<object>()); }")]
    [InlineData("object Run() { var b = new DbContextOptionsBuilder(); [|b.UseNpgsql(\"Host=a\")|]; Keep(b); using var c = new DbContext(b.Options); return c.Model; } void Keep(object b) { }")]
    [InlineData("void Run() { using var s = [|NpgsqlDataSource.Create(\"Host=a\")|]; Console.WriteLine(s.ConnectionString); s.OpenConnection(); }")]
    [InlineData("void Run() { using var s = [|NpgsqlDataSource.Create(\"Host=a\")|]; }")]
    [InlineData("object Run(string cs) { using var s = [|NpgsqlDataSource.Create(cs)|]; using var c = new DbContext(new DbContextOptionsBuilder().UseNpgsql(s).Options); return c.Database.EnsureCreated(); }")]
    [InlineData("object Run(string cs) { using var c = [|new NpgsqlConnection(cs)|]; Console.WriteLine(c.Database); return c.CreateCommand(); }")]
    public Task Is_reported_for_what_may_be_opened(string member) => IsReportedIn(member);

    static async Task IsReportedIn(string member)
    {
        const string moq = "\nnamespace Moq { public class Setup { public void Returns(object value) { } public void Returns(System.Func<object> value) { } } }\n";
        var marked = "using Microsoft.EntityFrameworkCore;\n" + Code.InClass(member) + moq;
        var source = marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var solution = Workbench.WithFile(source);
        Assert.Empty(await solution.CompileErrorsAsync());

        var reports = (await solution.Projects.Single().ReportsAsync()).Where(report => RuleIds.RawUses.Contains(report.Id));

        var expected = marked.Contains("[|", StringComparison.Ordinal) ? new[] { marked.IndexOf("[|", StringComparison.Ordinal) } : [];
        Assert.Equal(expected, reports.Select(report => report.Location.SourceSpan.Start));
    }
}
