using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.FailoverTests;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Postgresql;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Wolverine's durable inbox and outbox over the guarded NpgsqlDataSource of the container.</summary>
public sealed class WolverineMessages(ITestOutputHelper output)
{
    public sealed record Entry(int Writer, int Number);

    public sealed class EntryHandler
    {
        public static async Task HandleAsync(Entry entry, NpgsqlDataSource source)
        {
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, entry.Writer, entry.Number);
        }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Durable_messages_go_on_being_published_and_handled(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        builder.UseWolverine(options =>
        {
            options.PersistMessagesWithPostgresqlUsingDataSourceFromContainer(services => services.GetRequiredService<NpgsqlDataSource>(), "wolverine");
            options.Policies.UseDurableLocalQueues();
            // By default a message whose handler failed goes to the dead letters.
            options.Policies.OnException<NpgsqlException>().RetryWithCooldown(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            options.UseRuntimeCompilation();
            options.Discovery.DisableConventionalDiscovery().IncludeType<EntryHandler>();
        });
        using var host = builder.Build();
        await host.StartAsync();

        await switchover.MessagesAreHandledAsync(output, async (writer, number) =>
        {
            await using var scope = host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(new Entry(writer, number));
        });
        await host.StopAsync();
    }
}
