using System.Collections.Specialized;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Quartz;
using Quartz.Spi;
using ReadOnlyGuard.FailoverTests;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Quartz.NET 3's persistent store over the guarded DbDataSource of the container.</summary>
[Trait("Heavy", "yes")]
public sealed class Quartz3Store(ITestOutputHelper output)
{
    // What this version asks of a database, said as simply as the test can.
    const string Schema = """
        create table qrtz_job_details (
            sched_name text, job_name text, job_group text, description text, job_class_name text, is_durable bool, is_nonconcurrent bool,
            is_update_data bool, requests_recovery bool, job_data bytea, primary key (sched_name, job_name, job_group));
        create table qrtz_triggers (
            sched_name text, trigger_name text, trigger_group text, job_name text, job_group text, description text, next_fire_time bigint,
            prev_fire_time bigint, priority int, trigger_state text, trigger_type text, start_time bigint, end_time bigint, calendar_name text,
            misfire_instr smallint, misfire_orig_fire_time bigint, execution_group text, preferred_node text, preferred_node_auto bool,
            job_data bytea, primary key (sched_name, trigger_name, trigger_group));
        create table qrtz_simple_triggers (
            sched_name text, trigger_name text, trigger_group text, repeat_count bigint, repeat_interval bigint, times_triggered bigint);
        create table qrtz_simprop_triggers (sched_name text, trigger_name text, trigger_group text);
        create table qrtz_cron_triggers (sched_name text, trigger_name text, trigger_group text, cron_expression text, time_zone_id text);
        create table qrtz_blob_triggers (sched_name text, trigger_name text, trigger_group text, blob_data bytea);
        create table qrtz_calendars (sched_name text, calendar_name text, calendar bytea);
        create table qrtz_paused_trigger_grps (sched_name text, trigger_group text);
        create table qrtz_fired_triggers (
            sched_name text, entry_id text, trigger_name text, trigger_group text, instance_name text, fired_time bigint, sched_time bigint,
            priority int, state text, job_name text, job_group text, is_nonconcurrent bool, requests_recovery bool, execution_group text,
            primary key (sched_name, entry_id));
        create table qrtz_scheduler_state (
            sched_name text, instance_name text, last_checkin_time bigint, checkin_interval bigint, primary key (sched_name, instance_name));
        create table qrtz_locks (sched_name text, lock_name text, primary key (sched_name, lock_name));
        """;

    /// <summary>Job data are properties here, and nothing else is stored.</summary>
    sealed class PropertySerializer : IObjectSerializer
    {
        public void Initialize()
        {
        }

        public byte[] Serialize<T>(T obj) where T : class
        {
            var properties = (NameValueCollection)(object)obj;
            return JsonSerializer.SerializeToUtf8Bytes(properties.AllKeys.ToDictionary(key => key!, key => properties[key]));
        }

        public T? DeSerialize<T>(byte[] data) where T : class
        {
            var properties = new NameValueCollection();
            foreach (var (key, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(data)!)
                properties[key] = value;
            return (T)(object)properties;
        }
    }

    public sealed class InsertEntry(NpgsqlDataSource source) : IJob
    {
        public async Task Execute(IJobExecutionContext context)
        {
            var data = context.MergedJobDataMap;
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await Writers.InsertAsync(connection, Number("writer"), Number("number"));
            }
            catch (NpgsqlException e)
            {
                throw new JobExecutionException(e, refireImmediately: true);
            }

            int Number(string key) => int.Parse(data.GetString(key)!, CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Jobs_go_on_being_scheduled_and_run(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await switchover.Primary.ExecuteAsync(Schema);
        var builder = Host.CreateApplicationBuilder();
        // Quartz keeps the first one it gets, for the life of the process.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        builder.Services.AddQuartz(quartz =>
        {
            quartz.AddDataSourceProvider();
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(postgres => postgres.UseDataSourceConnectionProvider());
                store.UseProperties = true;
                store.UseSerializer<PropertySerializer>();
            });
        });
        builder.Services.AddQuartzHostedService();
        using var host = builder.Build();
        await host.StartAsync();

        var scheduler = await host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await switchover.MessagesAreHandledAsync(output, (writer, number) => scheduler.ScheduleJob(
            JobBuilder.Create<InsertEntry>().WithIdentity($"{writer}-{number}").UsingJobData("writer", $"{writer}").UsingJobData("number", $"{number}").RequestRecovery().Build(),
            TriggerBuilder.Create().StartNow().Build()), pace: 50, within: TimeSpan.FromMinutes(2));
        await host.StopAsync();
    }
}
