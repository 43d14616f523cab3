using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;
using ReadOnlyGuard.FailoverTests;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Quartz.NET 4's persistent store over the guarded DbDataSource of the container.</summary>
[Trait("Heavy", "yes")]
public sealed class QuartzStore(ITestOutputHelper output)
{
    public sealed class InsertEntry(NpgsqlDataSource source) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var data = context.MergedJobDataMap;
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                await Writers.InsertAsync(connection, data.GetInt("writer"), data.GetInt("number"));
            }
            catch (NpgsqlException e)
            {
                throw new JobExecutionException(e) { RefireImmediately = true };
            }
        }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Jobs_go_on_being_scheduled_and_run(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        builder.Services.AddQuartz(quartz => quartz.UsePersistentStore(store => store
            .UsePostgres(options => options.UseRegisteredDataSource = true)
            .ProvisionSchema()));
        builder.Services.AddQuartzHostedService();
        using var host = builder.Build();
        await host.StartAsync();

        var scheduler = await host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await switchover.MessagesAreHandledAsync(output, async (writer, number) => await scheduler.ScheduleJob(
            JobBuilder.Create<InsertEntry>().WithIdentity($"{writer}-{number}").UsingJobData("writer", writer).UsingJobData("number", number).RequestRecovery().Build(),
            TriggerBuilder.Create().StartNow().Build()), pace: 50, within: TimeSpan.FromMinutes(2));
        await host.StopAsync();
    }
}
