using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;
using ReadOnlyGuard.FailoverTests;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Hangfire over rented connections: jobs are queued and run through a switchover.</summary>
public sealed class HangfireStorage(ITestOutputHelper output)
{
    sealed class GuardedConnections(WritableDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.OpenConnection();
    }

    public sealed class Jobs(WritableDataSource source)
    {
        [AutomaticRetry(DelaysInSeconds = [1])]
        public async Task InsertAsync(int writer, int number)
        {
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, writer, number);
        }
    }

    sealed class Activator(WritableDataSource source) : JobActivator
    {
        public override object ActivateJob(Type jobType) => new Jobs(source);
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Jobs_go_on_being_queued_and_run(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        var storage = new PostgreSqlStorage(new GuardedConnections(source), new PostgreSqlStorageOptions
        {
            QueuePollInterval = TimeSpan.FromMilliseconds(50),
            // A job whose worker could not say that it was done is run again after this.
            InvisibilityTimeout = TimeSpan.FromSeconds(5),
            UseSlidingInvisibilityTimeout = true,
            // Its locks are rows: who lost its connection cannot take them back, and others wait for as long as this.
            DistributedLockTimeout = TimeSpan.FromSeconds(5),
        });
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { Activator = new Activator(source), WorkerCount = 4, SchedulePollingInterval = TimeSpan.FromSeconds(1) }, storage);
        var client = new BackgroundJobClient(storage);

        // Hangfire's client is synchronous.
        await switchover.MessagesAreHandledAsync(output, (writer, number) => Task.Factory.StartNew(
            () => client.Enqueue<Jobs>(jobs => jobs.InsertAsync(writer, number)), TaskCreationOptions.LongRunning));
    }
}
