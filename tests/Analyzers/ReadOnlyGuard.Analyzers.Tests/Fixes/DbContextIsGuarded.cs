using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.DbContextUsesTheGuard, ReadOnlyGuard.CodeFixes.DbContextUsesTheGuardFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class DbContextIsGuarded
{
    // Shaped as UseNpgsql, by whichever package has it.
    const string Guard = """

        namespace Microsoft.EntityFrameworkCore
        {
            static class GuardedContexts
            {
                public static DbContextOptionsBuilder UseWritableNpgsql(this DbContextOptionsBuilder b, string? cs, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder>? npgsql = null) => b;
                public static DbContextOptionsBuilder<T> UseWritableNpgsql<T>(this DbContextOptionsBuilder<T> b, string? cs, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder>? npgsql = null) where T : DbContext => b;
            }
        }
        """;

    [Theory]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs, o => o.CommandTimeout(1).EnableRetryOnFailure())|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b\n    .UseNpgsql(cs)|] // kept\n    .EnableDetailedErrors();")]
    [InlineData("DbContextOptionsBuilder<DbContext> Run(DbContextOptionsBuilder<DbContext> b, string cs) => [|b.UseNpgsql(cs)|];")]
    [InlineData("DbContextOptionsBuilder<DbContext> Run(DbContextOptionsBuilder<DbContext> b, string cs) => [|b.UseNpgsql<DbContext>(cs)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Name=ConnectionStrings:Shop\")|];")]
    [InlineData("void Run(IServiceCollection s, string cs) => s.AddDbContext<DbContext>(b => [|b.UseNpgsql(cs)|]);")]
    [InlineData("class Context(string cs) : DbContext { protected override void OnConfiguring(DbContextOptionsBuilder b) => [|b.UseNpgsql(cs)|]; }")]
    public Task With_the_same_arguments(string member) => Code.IsFixed(
        Source(member), Source(member.Replace("[|", "").Replace("|]", "").Replace("UseNpgsql", "UseWritableNpgsql")), Provider);

    [Theory]
    [InlineData("object Run(DbContextOptionsBuilder b, NpgsqlConnection c) => [|b.UseNpgsql(c)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs, o => o.ConfigureDataSource(d => d.EnableDynamicJson()))|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs, Options)|]; void Options(Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder o) => o.ConfigureDataSource(d => d.EnableDynamicJson());")]
    [InlineData("object Run(IServiceCollection s, string cs) => [|s.AddNpgsql<DbContext>(cs)|];")]
    public Task But_not_where_what_it_maps_could_change(string member) => Code.IsNotFixed(Source(member), Provider);

    [Theory]
    [InlineData("object Run(DbContextOptionsBuilder b) => [|b.UseNpgsql((string?)null)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, bool t) => [|b.UseNpgsql(t ? \"\" : null)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, bool t) => [|b.UseNpgsql(t ? \"Database=test\" : \"Database=shop\")|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs + \";Multiplexing=true\")|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, string h, string t) => [|b.UseNpgsql($\"Host={h};Target Session Attributes={t}\")|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, NpgsqlConnection c) => [|b.UseNpgsql(c.ConnectionString)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => [|b.UseNpgsql(s.ConnectionString)|];")]
    [InlineData("object Run(DbContextOptionsBuilder b, DbContext c) => [|b.UseNpgsql(c.Database.GetConnectionString())|];")]
    [InlineData("Func<string, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder>?, object> Run(DbContextOptionsBuilder b) => [|b.UseNpgsql|];")]
    public Task But_not_where_the_guard_would_not_do_the_same(string member) => Code.IsNotFixed(Source(member), Provider);

    [Fact]
    public Task But_not_where_no_such_method_is_referenced() => Code.IsNotFixed(
        Source("object Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs)|];").Replace(Guard, ""), Provider);

    static string Source(string member) => "using Microsoft.EntityFrameworkCore;\nusing Microsoft.Extensions.DependencyInjection;\n" + Testing.Code.InClass(member) + Guard;

    static void Provider(Microsoft.CodeAnalysis.Testing.SolutionState state) =>
        state.AdditionalReferences.AddRange([Testing.References.DependencyInjection, .. Testing.References.EntityFramework]);
}
