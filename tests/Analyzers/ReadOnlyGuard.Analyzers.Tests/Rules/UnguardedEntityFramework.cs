using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.DbContextUsesTheGuard>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class UnguardedEntityFramework
{
    const string Standby = "Host=a,b;Target Session Attributes=standby";

    [Theory]
    [InlineData("void Run(DbContextOptionsBuilder b, string cs) => [|b.UseNpgsql(cs)|];")]
    [InlineData("void Run(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Host=a\", o => o.CommandTimeout(1))|];")]
    [InlineData("void Run(DbContextOptionsBuilder<DbContext> b, string cs) => [|b.UseNpgsql(cs)|];")]
    [InlineData("void Run(DbContextOptionsBuilder b, NpgsqlConnection c) => [|b.UseNpgsql(c)|];")]
    [InlineData("void Run(DbContextOptionsBuilder b, DbConnection c) => [|b.UseNpgsql(c, contextOwnsConnection: true)|];")]
    [InlineData("void Run(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Name=ConnectionStrings:Orders\")|];")]
    [InlineData("void Run(DbContextOptionsBuilder b, string h, string t) => [|b.UseNpgsql($\"Host={h};Target Session Attributes={t}\")|];")]
    [InlineData("class Context(string cs) : DbContext { protected override void OnConfiguring(DbContextOptionsBuilder b) => [|b.UseNpgsql(cs)|]; }")]
    [InlineData("void Run(Microsoft.Extensions.DependencyInjection.IServiceCollection s, string cs) => [|Microsoft.Extensions.DependencyInjection.NpgsqlServiceCollectionExtensions.AddNpgsql<DbContext>(s, cs)|];")]
    [InlineData("void Run(DbContext c, string cs) => [|c.Database.SetConnectionString(cs)|];")]
    [InlineData("class Tools : IDesignTimeDbContextFactory<DbContext> { public static void Configure(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Host=a\")|]; public DbContext CreateDbContext(string[] args) { var b = new DbContextOptionsBuilder(); Configure(b); return new(b.Options); } }")]
    [InlineData("class Tools : IDesignTimeDbContextFactory<DbContext> { public DbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder().Options); class Registration { void Configure(DbContextOptionsBuilder b) => [|b.UseNpgsql(\"Host=a\")|]; } }")]
    [InlineData("Action<string?> Run(DbContext c) => [|c.Database.SetConnectionString|];")]
    [InlineData("Func<string?, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder>?, object> Run(DbContextOptionsBuilder b) => [|b.UseNpgsql|];")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("void Run(DbContext c) => c.Database.SetCommandTimeout(3);")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => b.UseNpgsql(s);")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => b.UseNpgsql(s, o => o.CommandTimeout(1));")]
    [InlineData("void Run(DbContextOptionsBuilder b, DbDataSource s) => b.UseNpgsql(s);")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => b.UseNpgsql(s.CreateConnection());")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) { var c = s.OpenConnection(); b.UseNpgsql(c); }")]
    [InlineData("void Run(DbContextOptionsBuilder b, string cs) => b.UseNpgsql(ReadOnlyGuard.WritableDataSource.For(cs));")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => b.UseNpgsql(s.AsNpgsqlDataSource());")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) { var n = s.AsNpgsqlDataSource(); b.UseNpgsql(n); }")]
    [InlineData("void Run(DbContextOptionsBuilder b, ReadOnlyGuard.WritableDataSource s) => b.UseNpgsql(s.AsNpgsqlDataSource().CreateConnection());")]
    [InlineData("void Run(DbContextOptionsBuilder b, NpgsqlDataSource s) => b.UseNpgsql(s);")]
    [InlineData("readonly NpgsqlDataSource _s = null!; void Run(DbContextOptionsBuilder b) => b.UseNpgsql(_s, o => o.CommandTimeout(1));")]
    [InlineData("void Run(DbContextOptionsBuilder b, NpgsqlDataSource s) => b.UseNpgsql(s.CreateConnection());")]
    [InlineData("Func<DbDataSource, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder>?, object> Run(DbContextOptionsBuilder b) => b.UseNpgsql;")]
    [InlineData("void Run(DbContextOptionsBuilder b) => b.UseNpgsql();")]
    [InlineData("void Run(DbContextOptionsBuilder b) => b.UseNpgsql(o => o.CommandTimeout(1));")]
    [InlineData("void Run(DbContextOptionsBuilder b, string h) => b.UseNpgsql($\"Host={h};Target Session Attributes=standby\");")]
    [InlineData("void Run(DbContextOptionsBuilder b) => b.UseNpgsql(\"" + Standby + "\");")]
    [InlineData("void Run(DbContextOptionsBuilder b, NpgsqlMultiHostDataSource s) => b.UseNpgsql(s.WithTargetSession(TargetSessionAttributes.Standby));")]
    [InlineData("void Run(DbContextOptionsBuilder b, NpgsqlMultiHostDataSource s) { var r = s.WithTargetSession(TargetSessionAttributes.PreferStandby); b.UseNpgsql(r); }")]
    [InlineData("class Tools : IDesignTimeDbContextFactory<DbContext> { public DbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder().UseNpgsql(args[0]).Options); }")]
    [InlineData("class Tools : IDesignTimeDbContextFactory<DbContext> { DbContext IDesignTimeDbContextFactory<DbContext>.CreateDbContext(string[] args) { return Make(); DbContext Make() => new(new DbContextOptionsBuilder().UseNpgsql(\"Host=a\").Options); } }")]
    [InlineData("abstract class Base : IDesignTimeDbContextFactory<DbContext> { public virtual DbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder().UseNpgsql(args[0]).Options); } class Tools : Base;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")] void Run(DbContextOptionsBuilder b, string cs) => b.UseNpgsql(cs);")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_where_the_provider_is_not_referenced() => Code.IsSilentIn(
        "class Builder { public void UseNpgsql(string cs) { } void Run() => UseNpgsql(\"\"); }");

    static Task IsReportedIn(string member) => Code.IsReportedIn(
        "using Microsoft.EntityFrameworkCore;\nusing Microsoft.EntityFrameworkCore.Design;\n" + Testing.Code.InClass(member),
        state => state.AdditionalReferences.AddRange([Testing.References.DependencyInjection, .. Testing.References.EntityFramework]));
}
