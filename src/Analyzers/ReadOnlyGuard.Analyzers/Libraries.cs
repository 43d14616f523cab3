using System.Collections.Immutable;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// The members of other libraries that take a connection string and open connections with it, a line for each: the type's metadata
/// name, and its methods, properties or (<c>.ctor</c>) constructors.
/// </summary>
static class Libraries
{
    const string Constructor = ".ctor";
    const string Property = "ConnectionString";

    public static readonly ImmutableArray<Library> All = ImmutableArray.Create<Library>(
        new("healthchecks", "Microsoft.Extensions.DependencyInjection.NpgSqlHealthCheckBuilderExtensions", "AddNpgSql"),
        new("healthchecks", "HealthChecks.NpgSql.NpgSqlHealthCheckOptions", Constructor),
        new("hangfire", "Hangfire.PostgreSql.PostgreSqlBootstrapperOptions", "UseNpgsqlConnection"),
        new("hangfire", "Hangfire.PostgreSql.PostgreSqlBootstrapperConfigurationExtensions", "UsePostgreSqlStorage"),
        new("hangfire", "Hangfire.PostgreSql.PostgreSqlStorage", Constructor),
        new("hangfire", "Hangfire.PostgreSql.Factories.NpgsqlConnectionFactory", Constructor),
        // Version 3, and version 4.
        new("quartz", "Quartz.AdoProviderExtensions", "UsePostgres"),
        new("quartz", "Quartz.SchedulerBuilder+AdoProviderOptions", Property),
        new("quartz", "Quartz.PersistentStoreBuilderExtensions", "UsePostgres"),
        new("quartz", "Quartz.DataSourceOptions", Property),
        new("marten", "Marten.StoreOptions", "Connection", "MultiTenantedDatabasesWithMasterDatabaseTable", "MultiTenantedWithSingleServer"),
        new("marten", "Marten.MartenServiceCollectionExtensions", "AddMarten"),
        new("marten", "Marten.DocumentStore", "For"),
        new("marten", "Marten.Services.SessionOptions", "ForConnectionString"),
        new("marten", "Marten.Storage.IStaticMultiTenancy", "AddSingleTenantDatabase", "AddMultipleTenantDatabase"),
        new("wolverine", "Wolverine.Postgresql.PostgresqlConfigurationExtensions", "PersistMessagesWithPostgresql", "UsePostgresqlPersistenceAndTransport"),
        new("cap", "Microsoft.Extensions.DependencyInjection.CapOptionsExtensions", "UsePostgreSql"),
        new("cap", "DotNetCore.CAP.PostgreSqlOptions", Property),
        new("rebus", "Rebus.Config.PostgreSqlConfigurationExtensions", "StoreInPostgres"),
        new("rebus", "Rebus.Config.PostgreSqlTransportConfigurationExtensions", "UsePostgreSql", "UsePostgreSqlAsOneWayClient"),
        new("rebus", "Rebus.Config.Outbox.OutboxExtensions", "StoreInPostgreSql"),
        new("rebus", "Rebus.PostgreSql.PostgresConnectionHelper", Constructor),
        new("orleans", "Orleans.Configuration.AdoNetClusteringSiloOptions", Property),
        new("orleans", "Orleans.Configuration.AdoNetClusteringClientOptions", Property),
        new("orleans", "Orleans.Configuration.AdoNetGrainStorageOptions", Property),
        new("orleans", "Orleans.Configuration.AdoNetReminderTableOptions", Property),
        new("orleans", "Orleans.Configuration.AdoNetStreamOptions", Property),
        new("orleans", "Orleans.GrainDirectory.AdoNet.AdoNetGrainDirectoryOptions", Property),
        new("distributedlock", "Medallion.Threading.Postgres.PostgresDistributedLock", Constructor),
        new("distributedlock", "Medallion.Threading.Postgres.PostgresDistributedReaderWriterLock", Constructor),
        new("distributedlock", "Medallion.Threading.Postgres.PostgresDistributedSynchronizationProvider", Constructor),
        new("linq2db", "LinqToDB.DataOptionsExtensions", "UsePostgreSQL"),
        new("linq2db", "LinqToDB.DataProvider.PostgreSQL.PostgreSQLTools", "CreateDataConnection"),
        new("akka", "Akka.Persistence.Sql.Hosting.HostingExtensions", "WithSqlPersistence"),
        new("akka", "Akka.Persistence.Sql.Hosting.SqlJournalOptions", Property),
        new("akka", "Akka.Persistence.Sql.Hosting.SqlSnapshotOptions", Property),
        new("fluentmigrator", "FluentMigrator.Runner.MigrationRunnerBuilderExtensions", "WithGlobalConnectionString"),
        new("fluentmigrator", "FluentMigrator.Runner.Processors.ProcessorOptions", Property),
        new("dbup", "PostgresqlExtensions", "PostgresqlDatabase"),
        new("dbup", "DbUp.Postgresql.PostgresqlConnectionManager", Constructor),
        new("serilog", "Serilog.LoggerConfigurationPostgreSqlExtensions", "PostgreSQL"),
        new("serilog", "Serilog.LoggerConfigurationPostgreSQLExtensions", "PostgreSQL"));
}

/// <param name="Recipe">The heading of its recipe in <c>docs/libraries.md</c>.</param>
/// <param name="Type">The metadata name of a type.</param>
/// <param name="Members">Members of it that take a connection string.</param>
sealed class Library(string recipe, string type, params string[] members)
{
    public string Recipe => recipe;

    public string Type => type;

    public ImmutableHashSet<string> Members { get; } = ImmutableHashSet.Create(members);
}
