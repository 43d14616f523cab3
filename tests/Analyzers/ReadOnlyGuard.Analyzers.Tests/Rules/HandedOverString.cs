using ReadOnlyGuard.Analyzers.Tests.Testing;
using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionStringIsNotHandedOver>;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class HandedOverString
{
    const string Standby = "\"Host=a,b;Target Session Attributes=standby\"";

    // The libraries, as far as the rule knows them.
    const string Stubs = """
        namespace Microsoft.Extensions.DependencyInjection
        {
            internal interface IHealthChecksBuilder;
            internal interface IServiceCollection;
            internal class CapOptions;
            internal static class NpgSqlHealthCheckBuilderExtensions
            {
                internal static IHealthChecksBuilder AddNpgSql(this IHealthChecksBuilder builder, string connectionString, string healthQuery = "") => builder;
                internal static IHealthChecksBuilder AddNpgSql(this IHealthChecksBuilder builder, System.Func<System.IServiceProvider, string> connectionStringFactory, string healthQuery = "") => builder;
                internal static IHealthChecksBuilder AddNpgSql(this IHealthChecksBuilder builder, System.Func<System.IServiceProvider, Npgsql.NpgsqlDataSource>? dbDataSourceFactory = null, string healthQuery = "") => builder;
            }
            internal static class CapOptionsExtensions
            {
                internal static CapOptions UsePostgreSql(this CapOptions options, string connectionString) => options;
                internal static CapOptions UsePostgreSql(this CapOptions options, System.Action<DotNetCore.CAP.PostgreSqlOptions> configure) => options;
            }
        }
        namespace HealthChecks.NpgSql { internal class NpgSqlHealthCheckOptions(string connectionString) { internal object C => connectionString; } }
        namespace DotNetCore.CAP { internal class PostgreSqlOptions { internal string ConnectionString { get; set; } = ""; internal object? DataSource { get; set; } } }
        namespace Hangfire.PostgreSql
        {
            internal class PostgreSqlBootstrapperOptions
            {
                internal PostgreSqlBootstrapperOptions UseNpgsqlConnection(string connectionString) => this;
                internal PostgreSqlBootstrapperOptions UseNpgsqlConnection(System.Func<string> getConnectionString) => this;
                internal PostgreSqlBootstrapperOptions UseConnectionFactory(object factory) => this;
            }
            internal interface IGlobalConfiguration;
            internal static class PostgreSqlBootstrapperConfigurationExtensions
            {
                internal static IGlobalConfiguration UsePostgreSqlStorage(this IGlobalConfiguration configuration, string connectionString) => configuration;
                internal static IGlobalConfiguration UsePostgreSqlStorage(this IGlobalConfiguration configuration, System.Action<PostgreSqlBootstrapperOptions> configure) => configuration;
            }
        }
        namespace Quartz
        {
            internal class SchedulerBuilder
            {
                internal class PersistentStoreOptions;
                internal class AdoProviderOptions { internal string ConnectionString { get; set; } = ""; }
            }
            internal static class AdoProviderExtensions
            {
                internal static void UsePostgres(this SchedulerBuilder.PersistentStoreOptions options, string connectionString) { }
                internal static void UsePostgres(this SchedulerBuilder.PersistentStoreOptions options, System.Action<SchedulerBuilder.AdoProviderOptions> configure) { }
                internal static void UseSqlServer(this SchedulerBuilder.PersistentStoreOptions options, System.Action<SchedulerBuilder.AdoProviderOptions> configure) { }
            }
        }
        namespace Marten
        {
            internal class StoreOptions { internal void Connection(string connectionString) { } internal void Connection(Npgsql.NpgsqlDataSource dataSource) { } }
            internal class DocumentStore { internal static DocumentStore For(string connectionString) => new(); internal static DocumentStore For(System.Action<StoreOptions> configure) => new(); }
            internal static class MartenServiceCollectionExtensions { internal static void AddMarten(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, string connectionString) { } }
        }
        namespace Wolverine { internal class WolverineOptions; }
        namespace Wolverine.Postgresql
        {
            internal static class PostgresqlConfigurationExtensions
            {
                internal static void PersistMessagesWithPostgresql(this WolverineOptions options, string connectionString, string? schemaName = null) { }
                internal static void PersistMessagesWithPostgresql(this WolverineOptions options, Npgsql.NpgsqlDataSource dataSource, string? schemaName = null) { }
            }
        }
        namespace Rebus.Config
        {
            internal class StandardConfigurer<T>;
            internal static class PostgreSqlConfigurationExtensions
            {
                internal static void StoreInPostgres(this StandardConfigurer<object> configurer, string connectionString, string tableName) { }
                internal static void StoreInPostgres(this StandardConfigurer<object> configurer, System.Func<object> provider, string tableName) { }
            }
        }
        namespace Orleans.Configuration { internal class AdoNetGrainStorageOptions { internal string Invariant { get; set; } = ""; internal string ConnectionString { get; set; } = ""; internal object? DataSource { get; set; } } }
        namespace Medallion.Threading.Postgres
        {
            internal class PostgresDistributedLock
            {
                internal PostgresDistributedLock(long key, string connectionString) { }
                internal PostgresDistributedLock(long key, System.Data.Common.DbDataSource dbDataSource) { }
            }
        }
        namespace LinqToDB { internal class DataOptions; internal static class DataOptionsExtensions { internal static DataOptions UsePostgreSQL(this DataOptions options, string connectionString) => options; } }
        namespace Akka.Persistence.Sql.Hosting { internal static class HostingExtensions { internal static object WithSqlPersistence(this object builder, string connectionString, string providerName) => builder; } }
        namespace FluentMigrator.Runner
        {
            internal interface IMigrationRunnerBuilder;
            internal static class MigrationRunnerBuilderExtensions
            {
                internal static IMigrationRunnerBuilder AddPostgres(this IMigrationRunnerBuilder builder) => builder;
                internal static IMigrationRunnerBuilder AddSqlServer(this IMigrationRunnerBuilder builder) => builder;
                internal static IMigrationRunnerBuilder WithGlobalConnectionString(this IMigrationRunnerBuilder builder, string connectionStringOrName) => builder;
            }
        }
        internal class SupportedDatabases;
        internal static class PostgresqlExtensions { internal static object PostgresqlDatabase(this SupportedDatabases supported, string connectionString) => supported; }
        namespace Serilog
        {
            internal class LoggerSinkConfiguration;
            internal static class LoggerConfigurationPostgreSqlExtensions { internal static void PostgreSQL(this LoggerSinkConfiguration sinkConfiguration, string connectionString, string tableName) { } }
        }
        """;

    [Fact]
    public Task Is_reported_where_a_delegate_takes_it() => Code.IsReportedIn(
        "class Orders { System.Func<string, object> Run(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o) => [|o.UseNpgsqlConnection|]; System.Func<object, object> Other(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o) => o.UseConnectionFactory; }\n" + Stubs);

    [Theory]
    [InlineData("void Run(IHealthChecksBuilder b, string cs) => [|b.AddNpgSql(cs)|];")]
    [InlineData("void Run(IHealthChecksBuilder b, string cs) => [|b.AddNpgSql(p => cs, healthQuery: \"select 2\")|];")]
    [InlineData("void Run(IHealthChecksBuilder b, ReadOnlyGuard.WritableDataSource s) => [|b.AddNpgSql(s.ConnectionString)|];")]
    [InlineData("object Make(string cs) => [|new HealthChecks.NpgSql.NpgSqlHealthCheckOptions(cs)|];")]
    [InlineData("void Run(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o, string cs) => [|o.UseNpgsqlConnection(cs)|];")]
    [InlineData("void Run(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o, string cs) => [|o.UseNpgsqlConnection(() => cs)|];")]
    [InlineData("void Run(Hangfire.PostgreSql.IGlobalConfiguration c, string cs) => [|c.UsePostgreSqlStorage(cs)|];")]
    [InlineData("void Run(Quartz.SchedulerBuilder.PersistentStoreOptions o, string cs) => [|o.UsePostgres(cs)|];")]
    [InlineData("void Run(Quartz.SchedulerBuilder.PersistentStoreOptions o, string cs) => o.UsePostgres(p => { [|p.ConnectionString = cs|]; });")]
    [InlineData("void Run(string cs) => Marten.DocumentStore.For(o => [|o.Connection(cs)|]);")]
    [InlineData("object Run(string cs) => [|Marten.DocumentStore.For(cs)|];")]
    [InlineData("void Run(IServiceCollection s, string cs) => [|s.AddMarten(cs)|];")]
    [InlineData("void Run(Wolverine.WolverineOptions o, string cs) => [|o.PersistMessagesWithPostgresql(cs)|];")]
    [InlineData("void Run(CapOptions o, string cs) => [|o.UsePostgreSql(cs)|];")]
    [InlineData("void Run(CapOptions o, string cs) => o.UsePostgreSql(p => [|p.ConnectionString = cs|]);")]
    [InlineData("void Run(Rebus.Config.StandardConfigurer<object> c, string cs) => [|c.StoreInPostgres(cs, \"sagas\")|];")]
    [InlineData("void Run(Orleans.Configuration.AdoNetGrainStorageOptions o, string cs) { o.Invariant = \"Npgsql\"; [|o.ConnectionString = cs|]; }")]
    [InlineData("object Make(string cs) => new Orleans.Configuration.AdoNetGrainStorageOptions { [|ConnectionString = cs|] };")]
    [InlineData("object Make(string cs) => [|new Medallion.Threading.Postgres.PostgresDistributedLock(1, cs)|];")]
    [InlineData("object Make(string cs) => [|new LinqToDB.DataOptions().UsePostgreSQL(cs)|];")]
    [InlineData("object Make(string cs) => [|new object().WithSqlPersistence(cs, \"PostgreSQL.15\")|];")]
    [InlineData("void Run(IMigrationRunnerBuilder b, string cs) => [|b.AddPostgres().WithGlobalConnectionString(cs)|];")]
    [InlineData("object Run(SupportedDatabases d, string cs) => [|d.PostgresqlDatabase(cs)|];")]
    [InlineData("void Run(LoggerSinkConfiguration c, string cs) => [|c.PostgreSQL(cs, \"logs\")|];")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("void Run(IHealthChecksBuilder b) => b.AddNpgSql();")]
    [InlineData("void Run(IHealthChecksBuilder b, NpgsqlDataSource s) => b.AddNpgSql(p => s, healthQuery: \"select 2\");")]
    [InlineData("void Run(IHealthChecksBuilder b) => b.AddNpgSql(" + Standby + ");")]
    [InlineData("void Run(IHealthChecksBuilder b, string hosts) => b.AddNpgSql($\"Host={hosts};Target Session Attributes=standby\");")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"looks at one server\")] void Run(IHealthChecksBuilder b, string cs) => b.AddNpgSql(cs);")]
    [InlineData("void Run(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o, object factory) => o.UseConnectionFactory(factory);")]
    [InlineData("void Run(Quartz.SchedulerBuilder.PersistentStoreOptions o, string cs) => o.UseSqlServer(p => { p.ConnectionString = cs; });")]
    [InlineData("void Run(NpgsqlDataSource s) => Marten.DocumentStore.For(o => o.Connection(s));")]
    [InlineData("void Run(Wolverine.WolverineOptions o, NpgsqlDataSource s) => o.PersistMessagesWithPostgresql(s, schemaName: \"connectionString\");")]
    [InlineData("void Run(CapOptions o, NpgsqlDataSource s) => o.UsePostgreSql(p => p.DataSource = s);")]
    [InlineData("string Run(DotNetCore.CAP.PostgreSqlOptions o) => o.ConnectionString;")]
    [InlineData("void Run(Rebus.Config.StandardConfigurer<object> c) => c.StoreInPostgres(() => new object(), \"sagas\");")]
    [InlineData("void Run(Orleans.Configuration.AdoNetGrainStorageOptions o, string cs) { o.Invariant = \"Microsoft.Data.SqlClient\"; o.ConnectionString = cs; }")]
    [InlineData("object Make(string cs) => new Orleans.Configuration.AdoNetGrainStorageOptions { Invariant = \"MySql.Data.MySqlClient\", ConnectionString = cs };")]
    [InlineData("object Make(DbDataSource s) => new Orleans.Configuration.AdoNetGrainStorageOptions { DataSource = s };")]
    [InlineData("object Make(ReadOnlyGuard.WritableDataSource s) => new Medallion.Threading.Postgres.PostgresDistributedLock(1, s);")]
    [InlineData("object Make(string cs) => new object().WithSqlPersistence(cs, \"SqlServer.2019\");")]
    [InlineData("void Run(IMigrationRunnerBuilder b, string cs) => b.AddSqlServer().WithGlobalConnectionString(cs);")]
    [InlineData("class Store { public string ConnectionString { get; set; } = \"\"; public static void For(string connectionString) { } } void Run(string cs) { Store.For(cs); new Store().ConnectionString = cs; }")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Fact]
    public async Task Names_the_member_and_the_recipe()
    {
        var project = Workbench.WithFile(Usings + Testing.Code.InClass("void Run(Hangfire.PostgreSql.PostgreSqlBootstrapperOptions o, string cs) => o.UseNpgsqlConnection(cs);") + Stubs)
            .Projects.Single();

        var report = Assert.Single(await project.ReportsAsync(), report => report.Id == RuleIds.LibraryConnectionString);

        Assert.StartsWith("'PostgreSqlBootstrapperOptions.UseNpgsqlConnection' opens its own connections", report.GetMessage(), StringComparison.Ordinal);
        Assert.EndsWith("/docs/libraries.md#hangfire", report.GetMessage(), StringComparison.Ordinal);
    }

    // A line that is wrong in one of these would never be noticed.
    [Fact]
    public void Table_is_well_formed()
    {
        Assert.All(Libraries.All, library =>
        {
            Assert.Matches("^[a-z0-9]+$", library.Recipe);
            Assert.Matches(@"^(\w+\.)*\w+(\+\w+)?$", library.Type);
            Assert.NotEmpty(library.Members);
        });
        Assert.Equal(Libraries.All.Select(library => library.Type).Distinct().Count(), Libraries.All.Length);
    }

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn("""
        namespace Marten { class StoreOptions { void Connection(string connectionString) { } void Run() => Connection("Host=a"); } }
        """, Testing.Code.WithoutNpgsql);

    const string Usings = """
        using Akka.Persistence.Sql.Hosting;
        using FluentMigrator.Runner;
        using Hangfire.PostgreSql;
        using LinqToDB;
        using Marten;
        using Microsoft.Extensions.DependencyInjection;
        using Quartz;
        using Rebus.Config;
        using Serilog;
        using Wolverine.Postgresql;

        """;

    static Task IsReportedIn(string member) => Code.IsReportedIn(Usings + Testing.Code.InClass(member) + Stubs);
}
