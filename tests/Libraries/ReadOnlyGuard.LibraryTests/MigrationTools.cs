using DbUp;
using DbUp.Postgresql;
using EvolveDb;
using FluentMigrator;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>A migration that begins while no server can be written to waits; the one that was running fails, as in any failover.</summary>
[Trait("Heavy", "yes")]
public sealed class MigrationTools(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Evolve_migrates_on(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        await MigrateAsync(switchover, (writer, number) =>
            new Evolve(source.CreateConnection())
            {
                Locations = [Path.Combine(AppContext.BaseDirectory, "Migrations")],
                Schemas = [$"evolve_{writer}_{number}"],
                Placeholders = new() { ["${writer}"] = $"{writer}", ["${number}"] = $"{number}" },
            }.Migrate());
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task DbUp_upgrades_on(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        await MigrateAsync(switchover, (writer, number) =>
        {
            var result = DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(source.AsNpgsqlDataSource()))
                .WithScript($"{writer}-{number}", $"insert into ledger values ({writer}, {number})")
                .LogToNowhere()
                .Build()
                .PerformUpgrade();
            if (!result.Successful)
                throw result.Error;
        });
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task FluentMigrator_migrates_on(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        await using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => runner.AddPostgres().WithGlobalConnectionString(ConnectionStrings.ThatWait(source)))
            .BuildServiceProvider();
        await MigrateAsync(switchover, (writer, number) =>
        {
            using var scope = services.CreateScope();
            scope.ServiceProvider.GetRequiredService<IMigrationRunner>().Up(new InsertEntry(writer, number));
        });
    }

    sealed class InsertEntry(int writer, int number) : Migration
    {
        public override void Up() => Insert.IntoTable("ledger").Row(new { writer, number });

        public override void Down()
        {
        }
    }

    async Task MigrateAsync(Switchover switchover, Action<int, int> migrate)
    {
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await switchover.WritesGoOnAsync(output, (writer, number) => Task.Factory.StartNew(
            () => migrate(writer, number), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default), count: 1, pace: 5);
    }
}
