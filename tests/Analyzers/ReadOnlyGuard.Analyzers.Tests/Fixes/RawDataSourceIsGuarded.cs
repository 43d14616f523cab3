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
            [|Source.CreateConnection()|];
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
            return builder
                .EnableDynamicJson()
                .BuildWritable();
        }
    """);

    [Theory]
    [InlineData("NpgsqlDataSource Make(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("object Make(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("public readonly NpgsqlDataSource Source = [|NpgsqlDataSource.Create(\"Host=a\")|];")]
    [InlineData("NpgsqlDataSource Source { get; } = [|NpgsqlDataSource.Create(\"Host=a\")|];")]
    [InlineData("DbDataSource Make(NpgsqlConnectionStringBuilder cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("void Run(string cs) { using var s = [|NpgsqlDataSource.Create(cs)|]; NpgsqlCommand c = s.CreateCommand(); }")]
    [InlineData("void Run(string cs) { using var s = [|NpgsqlDataSource.Create(cs)|]; s.ReloadTypes(); }")]
    [InlineData("void Run(string cs) { var s = [|NpgsqlDataSource.Create(cs)|]; Use(s); } void Use(NpgsqlDataSource s) { }")]
    [InlineData("void Run(string cs) { var s = [|NpgsqlDataSource.Create(cs)|]; s = null; }")]
    [InlineData("void Run(NpgsqlDataSourceBuilder b) { var s = [|b.BuildMultiHost()|]; s.OpenConnection(TargetSessionAttributes.Primary); }")]
    [InlineData("object Run(NpgsqlDataSource s) => [|s.OpenConnection()|];")]
    public Task But_not_where_its_users_need_more(string member) => Code.IsNotFixed("#nullable disable warnings\n" + Testing.Code.InClass(member));

    [Fact]
    public Task But_not_where_the_guard_is_not_referenced() => Code.IsNotFixed(
        Testing.Code.InClass("DbDataSource Make(string cs) => [|NpgsqlDataSource.Create(cs)|];"), Testing.Code.WithoutRuntime);
}
