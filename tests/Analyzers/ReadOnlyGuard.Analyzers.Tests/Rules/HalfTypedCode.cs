using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>What an editor shows the rule and the fix most of the time: code that does not compile yet.</summary>
public sealed class HalfTypedCode
{
    [Theory]
    [InlineData("object Make() => new NpgsqlConnection(")]
    [InlineData("object Make() => new NpgsqlConnection(cs;")]
    [InlineData("object Make() => new NpgsqlConnection(,);")]
    [InlineData("object Make() => new NpgsqlConnection(1, 2, 3);")]
    [InlineData("object Make() => new NpgsqlConnection(undefined);")]
    [InlineData("object Make() => new NpgsqlConnection(connectionString:);")]
    [InlineData("object Make() => new NpgsqlConnection(nothing: \"Host=a\");")]
    [InlineData("object Make() => new NpgsqlConnection(out var cs);")]
    [InlineData("object Make() => new NpgsqlConnection;")]
    [InlineData("object Make() => new NpgsqlConnection {")]
    [InlineData("object Make() => new NpgsqlConnection { ConnectionString };")]
    [InlineData("object Make() => new NpgsqlConnection { ConnectionString = };")]
    [InlineData("object Make() => new NpgsqlConnection { ConnectionString = undefined };")]
    [InlineData("object Make() => new NpgsqlConnection { ConnectionString = { } };")]
    [InlineData("object Make() => new NpgsqlConnection { Undefined = 1 };")]
    [InlineData("object Make() => new NpgsqlConnection<int>(\"Host=a\");")]
    [InlineData("object Make() => new NpgsqlConnection[\"Host=a\"];")]
    [InlineData("object Make() => new(\"Host=a\");")]
    [InlineData("Undefined Make() => new(\"Host=a\");")]
    [InlineData("var Make() => new(\"Host=a\");")]
    [InlineData("void Run() { using var c = new NpgsqlConnection(cs); c. }")]
    [InlineData("void Run() { using var c = new NpgsqlConnection(cs); c.Open }")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); c.Open( }")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); c.Open(1, 2); }")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); await c.OpenAsync( }")]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); await c.OpenAsync(undefined); }")]
    [InlineData("void Run(string cs) { using var = new NpgsqlConnection(cs); c.Open(); }")]
    [InlineData("void Run(string cs) { using (var c = new NpgsqlConnection(cs) { c.Open(); }")]
    [InlineData("void Run(string cs) { using (var c = new NpgsqlConnection(cs)) { c.Open();")]
    [InlineData("void Run(string cs) { using (var c = new NpgsqlConnection(cs)) { c.Open() } }")]
    [InlineData("void Run(string cs) { var c = new NpgsqlConnection(cs) c.Open(); }")]
    [InlineData("void Run(string cs) { var c = new NpgsqlConnection(cs); var c = new NpgsqlConnection(cs); c.Open(); }")]
    [InlineData("NpgsqlConnection C = new(\"Host=a\"); NpgsqlConnection C = new(\"Host=a\");")]
    [InlineData("void Run() { new NpgsqlConnection(\"Host=a\"); } void Run() { new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(] object Make() => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[Undefined] object Make() => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("const NpgsqlConnection C = new NpgsqlConnection(\"Host=a\");")]
    [InlineData("void Run(NpgsqlConnection c = new(\"Host=a\")) { }")]
    [InlineData("[Obsolete(new NpgsqlConnection(\"Host=a\"))] void Run() { }")]
    [InlineData("enum E { A = new NpgsqlConnection(\"Host=a\") }")]
    [InlineData("class Derived : NpgsqlConnection { Derived() : base(\"Host=a\") { } object Make() => new Derived(); }")]
    [InlineData("void Run(NpgsqlDataSource s) { var c = s.OpenConnection(); c.Open( }")]
    [InlineData("void Run(NpgsqlDataSource s) { var c = s.OpenConnection() c.Open(); }")]
    [InlineData("void Run(NpgsqlDataSource s) { var c = s.OpenConnection(; await c.OpenAsync(; }")]
    [InlineData("void Run(NpgsqlDataSource s) { var c = s.OpenConnection(); var c = c; c.Open(); }")]
    [InlineData("void Run() { var c = c; c.Open(); }")]
    [InlineData("void Run(Undefined s) { s.OpenConnection().Open(); Open(); .Open(); }")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql] object Make() => 1;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(undefined)] object Make() => 1;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"\"] object Make() => 1;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"a\"), ReadOnlyGuard.AllowRawNpgsql(\"b\")] object Make() => 1;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"a\")]")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"a\")] object C => [ReadOnlyGuard.AllowRawNpgsql(\"a\")]")]
    [InlineData("event Action E { add { new NpgsqlConnection(\"Host=a\"); } remove { } }")]
    [InlineData("interface I { object C => new NpgsqlConnection(\"Host=a\"); } enum E { A = 1 }")]
    [InlineData("void Run(string cs) { using var s = NpgsqlDataSource.Create(cs; s.OpenConnection(; }")]
    [InlineData("void Run(string cs) { var s = NpgsqlDataSource.Create(cs); var s = NpgsqlDataSource.Create(cs); s.OpenConnection(); }")]
    [InlineData("NpgsqlDataSource s = NpgsqlDataSource.Create(); NpgsqlDataSource s = new NpgsqlDataSourceBuilder(.Build();")]
    [InlineData("DbDataSource M() => NpgsqlDataSource.Create(undefined); DbDataSource N() => new NpgsqlDataSourceBuilder().Build(1, ;")]
    [InlineData("void Run(NpgsqlMultiHostDataSource s) { s.WithTargetSession().OpenConnection(TargetSessionAttributes.); }")]
    [InlineData("void Run() { var b = b.Build(); b.Build(); NpgsqlDataSourceBuilder c = c.EnableArrays(); c.Build(); }")]
    [InlineData("void Run(NpgsqlDataSource s) { var c = s.OpenConnection(; NpgsqlConnection.ClearPool(c; }")]
    [InlineData("void Run(NpgsqlDataSource s) { NpgsqlConnection.ClearPool(); NpgsqlConnection.ClearPool(s.OpenConnection()) NpgsqlConnection.ClearAllPools(1); }")]
    [InlineData("void Run() { var c = c; NpgsqlConnection.ClearPool(c); NpgsqlConnection.ClearPool(undefined); }")]
    [InlineData("object M(NpgsqlConnection c) => c.CloneWith(; object N(NpgsqlConnection c) => ((ICloneable)c.Clone();")]
    [InlineData("object M(ReadOnlyGuard.WritableDataSource s) => new NpgsqlConnection(s.ConnectionString;")]
    [InlineData("object M(ReadOnlyGuard.WritableDataSource s) { var cs = s.ConnectionString var cs = cs; return new NpgsqlConnection(cs, ); }")]
    [InlineData("object M() => new NpgsqlConnection(ReadOnlyGuard.WritableDataSource.ConnectionString);")]
    [InlineData("object M() => ReadOnlyGuard.WritableDataSource.For(\"Target Session Attributes=standby\";")]
    [InlineData("object M() => ReadOnlyGuard.WritableDataSource.Create(); object N() => ReadOnlyGuard.WritableDataSource.For(,);")]
    [InlineData("object M() => new NpgsqlDataSourceBuilder(.BuildWritable(); object N() => Npgsql.BuildWritable();")]
    [InlineData("void M(string cs) { NpgsqlDataSource s = s ?? NpgsqlDataSource.Create(cs); ReadOnlyGuard.RecoveryWatcher.Watch(s); }")]
    [InlineData("void M() { NpgsqlDataSourceBuilder b = b.EnableDynamicJson(); b.Build(); }")]
    [InlineData("void M() { NpgsqlConnectionStringBuilder b = new(b.ConnectionString); new NpgsqlConnection(b.ConnectionString); }")]
    [InlineData("void M() { string t = t + t + \"Host=a\"; t += t; new NpgsqlConnection(t); }")]
    [InlineData("void M(Microsoft.Extensions.DependencyInjection.IServiceCollection s) { Microsoft.Extensions.DependencyInjection.NpgsqlServiceCollectionExtensions.AddNpgsqlDataSource(s, ; }")]
    [InlineData("void M(Microsoft.Extensions.DependencyInjection.IServiceCollection s) { s.AddNpgsqlDataSource(serviceKey: ); s.AddNpgsqlDataSource(; }")]
    [InlineData("object M() => new Lazy<NpgsqlConnection>(; object N() => Activator.CreateInstance(typeof();")]
    [InlineData("object M() => NpgsqlFactory.Instance. ; object N() => DbProviderFactories.GetFactory(\"Npgsql\";")]
    [InlineData("object M() => Activator.CreateInstance<NpgsqlConnection, int>(); object N() => new Lazy<>(); object O() => new Lazy<NpgsqlConnection, >();")]
    [InlineData("static NpgsqlConnection c = ReadOnlyGuard.WritableDataSource.For(\"Host=a\").OpenConnection(; static NpgsqlConnection c = c;")]
    [InlineData("static NpgsqlConnection c; void M(NpgsqlDataSource s) { c = = s.OpenConnection(); c ??= ; undefined = s.OpenConnection(); }")]
    [InlineData("object M() => new Npgsql.Replication.LogicalReplicationConnection(; object N() => new Npgsql.Replication.();")]
    public Task Neither_makes_the_rule_throw_nor_the_fix(string members) => Survives(RawConnection.InClass(members));

    [Theory]
    [InlineData("")]
    [InlineData("new Npgsql.NpgsqlConnection(\"Host=a\")")]
    [InlineData("new Npgsql.NpgsqlConnection(\"Host=a\");\nclass C;")]
    [InlineData("using Microsoft.Extensions.DependencyInjection; class C { void M(IServiceCollection s) { s.AddNpgsqlDataSource(serviceKey: ); s.AddNpgsqlDataSource(; } }")]
    [InlineData("using Microsoft.EntityFrameworkCore; class C : DbContext { void M(DbContextOptionsBuilder b) { b.UseNpgsql(; b.UseNpgsql(connection: ); b.UseNpgsql(undefined, ); } }")]
    [InlineData("using Npgsql; namespace { class C : D(new NpgsqlConnection(\"\")) ")]
    [InlineData("using Npgsql; record R(NpgsqlConnection c = new(\"\")) : R(new NpgsqlConnection(\"Host=a\"));")]
    public Task Nor_does_a_file_without_a_whole_type(string file) => Survives(file);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task With_tokens_missing_anywhere_gets_no_new_kind_of_error_from_the_fix(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 8; i++)
        {
            await Survives(Without(random, tokens: 1 + i % 4));
        }
    }

    static async Task Survives(string file)
    {
        var before = Workbench.WithFile(file);
        var reported = (await before.Projects.Single().ReportsAsync()).Select(diagnostic => diagnostic.Id).ToHashSet();
        var errors = (await before.CompileErrorsAsync()).Select(error => error.Id).ToHashSet();
        foreach (var fixer in Catalogue.Catalogue.Fixers().Where(fixer => fixer.FixableDiagnosticIds.Any(reported.Contains)))
        {
            var fixes = fixer.GetFixAllProvider() is null ? await before.FixEachAsync(fixer) : [await before.FixAllAsync(FixAllScope.Document, fixer)];
            foreach (var after in fixes)
            {
                var added = (await after.CompileErrorsAsync()).Where(error => !errors.Contains(error.Id)).ToList();
                Assert.True(added.Count == 0, $"{fixer}\n{string.Join("\n", added)}\n--- before\n{file}\n--- after\n{string.Join("\n", await after.TextsAsync())}");
            }
        }
    }

    static string Without(Random random, int tokens)
    {
        var root = CSharpSyntaxTree.ParseText(Repository).GetRoot();
        var all = root.DescendantTokens().Where(token => token.Span.Length > 0).ToList();
        var missing = Enumerable.Range(0, tokens).Select(_ => all[random.Next(all.Count)].Span).Distinct().OrderByDescending(span => span.Start);
        return missing.Aggregate(Repository, (text, span) => text.Remove(span.Start, span.Length));
    }

    static readonly string Repository = RawConnection.Usings + """

        namespace Shop;

        public sealed class OrderRepository(string cs) : IDisposable
        {
            static readonly NpgsqlDataSource Source = NpgsqlDataSource.Create("Host=a");

            readonly NpgsqlConnection _listen = new(Environment.GetEnvironmentVariable("PG"));
            readonly Func<NpgsqlConnection> _make = () => new NpgsqlConnection { ConnectionString = "Host=a" };

            public async Task<int> CountAsync(CancellationToken cancellationToken)
            {
                await using var connection = new NpgsqlConnection(cs);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using var command = new NpgsqlCommand("select count(*) from orders", connection);
                return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
            }

            public void Add(string name)
            {
                using (IDbConnection connection = new NpgsqlConnection(cs))
                {
                    connection.Open(); // at once
                    using (var command = connection.CreateCommand())
                    {
                        command.CommandText = $"insert into orders values ('{name}')";
                        command.ExecuteNonQuery();
                    }
                }
            }

            public async Task TouchAsync(ReadOnlyGuard.WritableDataSource source)
            {
                await using var rented = await source.OpenConnectionAsync();
                await rented.OpenAsync(); // twice
                await rented.CloseAsync();
                await using var built = new NpgsqlDataSourceBuilder(cs).BuildMultiHost();
                await using var one = await built.OpenConnectionAsync();
                NpgsqlConnection.ClearPool(one);
                using var copy = one.CloneWith(cs);
                await using var borrowed = new NpgsqlConnection(source.ConnectionString);
                await borrowed.OpenAsync();
                using var shared = Source.CreateConnection();
                using var again = source.OpenConnection();
                again.Open();
            }

            [ReadOnlyGuard.AllowRawNpgsql("reads a standby")]
            public bool IsUp() => new NpgsqlConnection(cs).State == ConnectionState.Open;

            [Obsolete("old"), ReadOnlyGuard.AllowRawNpgsql("")]
            public static bool IsDown() => false;

            public bool Exists(int id)
            {
                var connection = id > 0 ? new NpgsqlConnection(cs) : _make();
                try
                {
                    connection.Open();
                    return connection.State == ConnectionState.Open;
                }
                catch (NpgsqlException exception) when (exception.IsTransient)
                {
                    return false;
                }
            }

            public void Dispose() => _listen.Dispose();
        }

        """;
}
