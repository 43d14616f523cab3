using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.FailoverTests;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>What takes the NpgsqlDataSource of the container takes the guarded one.</summary>
[Trait("Heavy", "yes")]
public sealed class HealthChecksAndAspire(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task AddNpgSql_is_healthy_again_as_soon_as_a_server_can_be_written_to(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        var services = new ServiceCollection().AddLogging();
        services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        services.AddHealthChecks().AddNpgSql(timeout: TimeSpan.FromSeconds(2));
        await using var provider = services.BuildServiceProvider();
        var health = provider.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);

        var reachable = await switchover.StrikeAsync();
        await Eventually.HoldsAsync(async () => (await health.CheckHealthAsync()).Status == HealthStatus.Healthy, "a healthy answer");
        output.WriteLine($"healthy {System.Diagnostics.Stopwatch.GetElapsedTime(reachable).TotalMilliseconds:0} ms after a writable server could be reached");
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Aspires_registration_gives_way_to_the_guarded_one(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:shop", switchover.ConnectionString)]);
        builder.Services.AddWritableNpgsqlDataSource(builder.Configuration.GetConnectionString("shop")!);
        builder.AddNpgsqlDataSource("shop");
        using var host = builder.Build();

        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        Assert.Same(host.Services.GetRequiredService<WritableDataSource>().AsNpgsqlDataSource(), source);
        Assert.Equal(HealthStatus.Healthy, (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, writer, number);
        });
    }
}
