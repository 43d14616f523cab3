using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.DataSourceIsNotRaw, ReadOnlyGuard.CodeFixes.DataSourceIsNotRawFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class RawDataSourceIsGuarded
{
    [Fact]
    public Task In_a_local_or_a_private_field() => Code.IsFixedAndImportedInClass("""
        static readonly NpgsqlDataSource Source = [|NpgsqlDataSource.Create("Host=a")|];

        async Task Run(string cs, CancellationToken cancellationToken)
        {
            await using var created = [|NpgsqlDataSource.Create(cs)|]; // kept
            await using var connection = await created.OpenConnectionAsync(cancellationToken);
            using NpgsqlDataSource typed = [|NpgsqlDataSource.Create(connectionString: cs)|];
            typed.Clear();
            Use(typed);
            Source.CreateConnection();
        }

        static void Use(DbDataSource source) { }
    """, """
        static readonly WritableDataSource Source = WritableDataSource.Create("Host=a");

        async Task Run(string cs, CancellationToken cancellationToken)
        {
            await using var created = WritableDataSource.Create(cs); // kept
            await using var connection = await created.OpenConnectionAsync(cancellationToken);
            using WritableDataSource typed = WritableDataSource.Create(connectionString: cs);
            typed.Clear();
            Use(typed);
            Source.CreateConnection();
        }

        static void Use(DbDataSource source) { }
    """);

    [Fact]
    public Task Where_a_general_data_source_is_asked_for() => Code.IsFixedAndImportedInClass("""
        DbDataSource Created(string cs) => [|NpgsqlDataSource.Create(cs)|];
        DbDataSource ByFactory(string cs) => [|NpgsqlFactory.Instance.CreateDataSource(cs)|];
    """, """
        DbDataSource Created(string cs) => WritableDataSource.Create(cs);
        DbDataSource ByFactory(string cs) => WritableDataSource.Create(cs);
    """);

    [Fact]
    public Task By_the_builder_with_what_it_maps() => Code.IsFixedInClass("""
        DbDataSource Make(string cs)
        {
            var builder = new NpgsqlDataSourceBuilder(cs);
            using var several = [|builder.BuildMultiHost()|];
            using var connection = several.OpenConnection();
            using NpgsqlCommand command = several.CreateCommand("select 1");
            using NpgsqlBatch batch = several.CreateBatch();
            return [|builder
                .EnableDynamicJson()
                .Build()|];
        }
    """, """
        DbDataSource Make(string cs)
        {
            var builder = new NpgsqlDataSourceBuilder(cs);
            using var several = builder.BuildWritable();
            using var connection = several.OpenConnection();
            using NpgsqlCommand command = several.CreateCommand("select 1");
            using NpgsqlBatch batch = several.CreateBatch();
            return builder
                .EnableDynamicJson()
                .BuildWritable();
        }
    """);

    [Theory]
    [InlineData("NpgsqlDataSource Make(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("object Make(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("NpgsqlDataSource Make(string cs) { return [|NpgsqlDataSource.Create(connectionString: cs)|]; }")]
    [InlineData("public readonly NpgsqlDataSource Source = [|NpgsqlDataSource.Create(\"Host=a\")|]; // kept")]
    [InlineData("NpgsqlDataSource Source { get; } = [|NpgsqlDataSource.Create(\"Host=a\")|];")]
    [InlineData("NpgsqlDataSource? _s; NpgsqlDataSource Get(string cs) => _s ??= [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("readonly NpgsqlDataSource _s; Orders(string cs) => _s = [|NpgsqlDataSource.Create(cs)|]; object C() => _s.OpenConnection();")]
    [InlineData("readonly NpgsqlDataSource _s = [|NpgsqlDataSource.Create(\"Host=a\")|]; void C() => _s.Password = \"rotated\";")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _s = new(() => [|NpgsqlDataSource.Create(\"Host=a\")|]);")]
    [InlineData("Func<string, NpgsqlDataSource> Make => cs => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("NpgsqlDataSource[] Make(string a, string b) => new[] { [|NpgsqlDataSource.Create(a)|], [|NpgsqlDataSource.Create(b)|] };")]
    [InlineData("void Run(string cs) { using var s = [|NpgsqlDataSource.Create(cs)|]; s.Password = \"rotated\"; }")]
    [InlineData("void Run(string cs) { var s = [|NpgsqlDataSource.Create(cs)|]; Use(s); } void Use(NpgsqlDataSource s) { }")]
    [InlineData("void Run(string cs) { var s = [|NpgsqlDataSource.Create(cs)|]; s = null; }")]
    public Task And_stays_an_NpgsqlDataSource_where_that_is_needed(string member) => IsFixed(
        member, member.Replace("[|NpgsqlDataSource.Create", "WritableDataSource.Create").Replace(")|]", ").AsNpgsqlDataSource()"), "using ReadOnlyGuard;\n");

    [Theory]
    [InlineData("NpgsqlDataSource Make(NpgsqlDataSourceBuilder b) => [|b.Build()|];", "NpgsqlDataSource Make(NpgsqlDataSourceBuilder b) => b.BuildWritable().AsNpgsqlDataSource();")]
    [InlineData("object Make(NpgsqlSlimDataSourceBuilder b) => [|b.EnableArrays().Build()|];", "object Make(NpgsqlSlimDataSourceBuilder b) => b.EnableArrays().BuildWritable().AsNpgsqlDataSource();")]
    [InlineData("NpgsqlDataSource Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost()|];", "NpgsqlDataSource Make(NpgsqlDataSourceBuilder b) => b.BuildWritable().AsNpgsqlDataSource();")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost()|].WithTargetSession(TargetSessionAttributes.Primary);", "object Make(NpgsqlDataSourceBuilder b) => b.BuildWritable().AsNpgsqlDataSource();")]
    [InlineData("class Base(NpgsqlDataSource s) { public object S => s; } class Derived(NpgsqlDataSourceBuilder b) : Base([|b.Build()|]);", "class Base(NpgsqlDataSource s) { public object S => s; } class Derived(NpgsqlDataSourceBuilder b) : Base(b.BuildWritable().AsNpgsqlDataSource());")]
    public Task By_the_builder_and_stays_one(string before, string after) => IsFixed(before, after);

    [Theory]
    [InlineData("Func<string, NpgsqlDataSource> Make => [|NpgsqlDataSource.Create|];", "Func<string, NpgsqlDataSource> Make => connectionString => WritableDataSource.Create(connectionString).AsNpgsqlDataSource();")]
    [InlineData("Func<string, DbDataSource> Make => [|NpgsqlDataSource.Create|];", "Func<string, DbDataSource> Make => connectionString => WritableDataSource.Create(connectionString);")]
    [InlineData("object Make => (Func<NpgsqlConnectionStringBuilder, NpgsqlDataSource>)[|NpgsqlDataSource.Create|];", "object Make => (Func<NpgsqlConnectionStringBuilder, NpgsqlDataSource>)(connectionString => WritableDataSource.Create(connectionString.ConnectionString).AsNpgsqlDataSource());")]
    [InlineData("Func<string, DbDataSource> Make() => [|NpgsqlFactory.Instance.CreateDataSource|];", "Func<string, DbDataSource> Make() => connectionString => WritableDataSource.Create(connectionString);")]
    [InlineData("Func<string, NpgsqlDataSource> Make(string connectionString) { Func<string, NpgsqlDataSource> made = [|NpgsqlDataSource.Create|]; return made; }", "Func<string, NpgsqlDataSource> Make(string connectionString) { Func<string, NpgsqlDataSource> made = text => WritableDataSource.Create(text).AsNpgsqlDataSource(); return made; }")]
    [InlineData("object Make(string[] all) => System.Linq.Enumerable.Select(all, [|NpgsqlDataSource.Create|]);", "object Make(string[] all) => System.Linq.Enumerable.Select(all, connectionString => WritableDataSource.Create(connectionString).AsNpgsqlDataSource());")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, NpgsqlDataSource> _all = new(); object Get(string cs) => _all.GetOrAdd(cs, [|NpgsqlDataSource.Create|]);", "readonly System.Collections.Concurrent.ConcurrentDictionary<string, NpgsqlDataSource> _all = new(); object Get(string cs) => _all.GetOrAdd(cs, connectionString => WritableDataSource.Create(connectionString).AsNpgsqlDataSource());")]
    public Task In_place_of_a_delegate(string before, string after) => IsFixed(before, after, "using ReadOnlyGuard;\n");

    [Theory]
    [InlineData("readonly Lazy<NpgsqlDataSource> _s = new([|new NpgsqlDataSourceBuilder(\"Host=a\").Build|]);", "readonly Lazy<NpgsqlDataSource> _s = new(() => new NpgsqlDataSourceBuilder(\"Host=a\").BuildWritable().AsNpgsqlDataSource());")]
    [InlineData("Func<NpgsqlDataSource> Make(NpgsqlDataSourceBuilder b) => [|b.Build|];", "Func<NpgsqlDataSource> Make(NpgsqlDataSourceBuilder b) => () => b.BuildWritable().AsNpgsqlDataSource();")]
    [InlineData("Func<DbDataSource> Make(NpgsqlSlimDataSourceBuilder b) => [|b.BuildMultiHost|];", "Func<DbDataSource> Make(NpgsqlSlimDataSourceBuilder b) => () => b.BuildWritable();")]
    public Task In_place_of_a_builders_delegate(string before, string after) => IsFixed(before, after);

    [Theory]
    [InlineData("event Func<string, NpgsqlDataSource>? Made; object Add() { Made += [|NpgsqlDataSource.Create|]; return Made; }")]
    [InlineData("Func<NpgsqlDataSource> Make(NpgsqlDataSourceBuilder a, NpgsqlDataSourceBuilder b) { if (b != null) a = b; return [|a.Build|]; }")]
    [InlineData("Func<NpgsqlMultiHostDataSource> Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost|];")]
    [InlineData("Func<NpgsqlDataSource> Make(Func<string> cs) => [|new NpgsqlDataSourceBuilder(cs()).Build|];")]
    [InlineData("Func<NpgsqlDataSource> Make(string cs) => [|new NpgsqlDataSourceBuilder(cs + \";Multiplexing=true\").Build|];")]
    [InlineData("System.Linq.Expressions.Expression<Func<string, NpgsqlDataSource>> Make => cs => [|NpgsqlDataSource.Create(cs)|];")]
    public Task But_not_a_delegate_that_would_mean_another(string member) => Code.IsNotFixed("#nullable disable warnings\n" + Testing.Code.InClass(member));

    [Fact]
    public Task By_the_builder_with_a_line_for_each_call() => Code.IsFixedInClass("""
        NpgsqlDataSource Make(string cs)
        {
            return [|new NpgsqlDataSourceBuilder(cs)
                .EnableDynamicJson() // kept
                .Build()|];
        }
    """, """
        NpgsqlDataSource Make(string cs)
        {
            return new NpgsqlDataSourceBuilder(cs)
                .EnableDynamicJson() // kept
                .BuildWritable()
                .AsNpgsqlDataSource();
        }
    """);

    [Fact]
    public Task In_the_base_arguments_of_a_primary_constructor() => IsFixed(
        "class Base(NpgsqlDataSource s) { public object S => s; } class Derived(string cs) : Base([|NpgsqlDataSource.Create(cs)|]);",
        "class Base(NpgsqlDataSource s) { public object S => s; } class Derived(string cs) : Base(global::ReadOnlyGuard.WritableDataSource.Create(cs).AsNpgsqlDataSource());");

    [Theory]
    [InlineData("DbDataSource Make(NpgsqlConnectionStringBuilder cs) => [|NpgsqlDataSource.Create(cs)|];", "DbDataSource Make(NpgsqlConnectionStringBuilder cs) => WritableDataSource.Create(cs.ConnectionString);")]
    [InlineData("NpgsqlDataSource Make(string h) => [|NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder { Host = h })|];", "NpgsqlDataSource Make(string h) => WritableDataSource.Create(new NpgsqlConnectionStringBuilder { Host = h }.ConnectionString).AsNpgsqlDataSource();")]
    public Task From_a_builder_of_connection_strings(string before, string after) => IsFixed(before, after, "using ReadOnlyGuard;\n");

    [Theory]
    [InlineData("void Run(NpgsqlDataSourceBuilder b) { var s = [|b.BuildMultiHost()|]; s.OpenConnection(TargetSessionAttributes.Primary); }")]
    [InlineData("readonly NpgsqlMultiHostDataSource _s; Orders(NpgsqlDataSourceBuilder b) => _s = [|b.BuildMultiHost()|]; object S => _s;")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost()|];")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b, TargetSessionAttributes t) => [|b.BuildMultiHost()|].WithTargetSession(t);")]
    [InlineData("object Make(NpgsqlDataSourceBuilder? b) => b?[|.Build()|];")]
    public Task But_not_where_its_users_need_more(string member) => Code.IsNotFixed("#nullable disable warnings\n" + Testing.Code.InClass(member));

    [Theory]
    [InlineData("object Make() => [|NpgsqlDataSource.Create(\"Database=orders\")|];")]
    [InlineData("object Make() => [|NpgsqlDataSource.Create(\"\")|];")]
    [InlineData("object Make(string cs) => [|NpgsqlDataSource.Create(cs + \";Multiplexing=true\")|];")]
    [InlineData("object Make(string cs) { var b = new NpgsqlDataSourceBuilder(cs); b.ConnectionStringBuilder.Multiplexing = true; return [|b.Build()|]; }")]
    [InlineData("object Make(string h, string t) => [|NpgsqlDataSource.Create($\"Host={h};Target Session Attributes={t}\")|];")]
    [InlineData("object Make(NpgsqlConnection c) => [|NpgsqlDataSource.Create(c.ConnectionString)|];")]
    public Task But_not_where_the_guard_would_not_do_the_same(string member) => Code.IsNotFixed(Testing.Code.InClass(member));

    [Fact]
    public Task But_completed_by_its_builder() => Code.IsFixedInClass(
        "DbDataSource Make(string h) { var b = new NpgsqlDataSourceBuilder(\"Database=orders\"); b.ConnectionStringBuilder.Host = h; return [|b.Build()|]; }",
        "DbDataSource Make(string h) { var b = new NpgsqlDataSourceBuilder(\"Database=orders\"); b.ConnectionStringBuilder.Host = h; return b.BuildWritable(); }");

    [Fact]
    public Task But_not_where_the_guard_is_not_referenced() => Code.IsNotFixed(
        Testing.Code.InClass("DbDataSource Make(string cs) => [|NpgsqlDataSource.Create(cs)|];"), Testing.Code.WithoutRuntime);

    static Task IsFixed(string before, string after, string import = "") => Code.IsFixed(
        "#nullable disable warnings\n" + Testing.Code.InClass(before),
        "#nullable disable warnings\n" + Testing.Code.InClass(after).Replace("using Npgsql;\n", "using Npgsql;\n" + import));
}
