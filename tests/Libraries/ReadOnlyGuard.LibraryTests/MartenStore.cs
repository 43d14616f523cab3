using System.Diagnostics;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Marten over the guarded NpgsqlDataSource of the container: its documents, its events, its async daemon.</summary>
public sealed class MartenStore(ITestOutputHelper output)
{
    public sealed record Entry(string Id, int Writer, int Number);

    public sealed record Deposited(int Writer, int Number);

    public sealed class Account
    {
        public Guid Id { get; set; }
        public int Deposits { get; set; }

        public void Apply(Deposited _) => Deposits++;
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Sessions_go_on_writing(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        using var host = await StartAsync(switchover);
        await switchover.Primary.ExecuteAsync(
            "create view ledger as select (data->>'Writer')::int as writer, (data->>'Number')::int as number from mt_doc_martenstore_entry");
        var store = host.Services.GetRequiredService<IDocumentStore>();

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var session = store.LightweightSession();
            session.Store(new Entry($"{writer}-{number}", writer, number));
            await session.SaveChangesAsync();
        });
        await host.StopAsync();
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task The_daemon_projects_every_event_once(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        using var host = await StartAsync(switchover);
        await switchover.Primary.ExecuteAsync(
            "create view ledger as select (data->>'Writer')::int as writer, (data->>'Number')::int as number from mt_events where type = 'deposited'");
        var store = host.Services.GetRequiredService<IDocumentStore>();
        var streams = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToArray();

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var session = store.LightweightSession();
            session.Events.Append(streams[writer], new Deposited(writer, number));
            await session.SaveChangesAsync();
        });

        var events = await switchover.Primary.QueryAsync<long>("select count(*) from ledger");
        var began = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(async () => await ProjectedAsync() >= events, $"{events} events to be projected", TimeSpan.FromSeconds(60));
        output.WriteLine($"the daemon had caught up {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms after the last event");
        Assert.Equal(events, await ProjectedAsync());
        await host.StopAsync();

        Task<long> ProjectedAsync() => switchover.Primary.QueryAsync<long>("select coalesce(sum((data->>'Deposits')::int), 0)::bigint from mt_doc_martenstore_account");
    }

    static async Task<IHost> StartAsync(Switchover switchover)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        builder.Services.AddMarten(options =>
            {
                options.Schema.For<Entry>();
                options.Projections.Snapshot<Account>(SnapshotLifecycle.Async);
            })
            .UseNpgsqlDataSource()
            .ApplyAllDatabaseChangesOnStartup()
            .AddAsyncDaemon(DaemonMode.HotCold);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
