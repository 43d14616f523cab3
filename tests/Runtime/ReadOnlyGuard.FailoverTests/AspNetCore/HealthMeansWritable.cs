using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>The health check is green only while a write is possible.</summary>
public sealed class HealthMeansWritable
{
    [Fact]
    public async Task Healthy_on_a_primary_with_server_role_and_timeline()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var services = Services(server.ConnectionString());
        var entry = await CheckAsync(services);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(("127.0.0.1:" + server.Port, "Primary", 1u), (entry.Data["server"], entry.Data["role"], entry.Data["timeline"]));
    }

    [Fact]
    public async Task Degraded_while_rents_wait_and_unhealthy_when_they_would_not()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Primary);
        await using var patient = Services(balancer.ConnectionString());
        await using var impatient = Services(balancer.ConnectionString(c => c.ApplicationName = "impatient"), TimeSpan.Zero);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(patient)).Status);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(impatient)).Status);

        balancer.SwitchTo(pair.Standby, closeSessions: true);
        var degraded = await CheckAsync(patient);
        var unhealthy = await CheckAsync(impatient);

        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Equal("HotStandby", degraded.Data[$"127.0.0.1:{balancer.Port}"]);
        Assert.Equal(HealthStatus.Unhealthy, unhealthy.Status);

        await pair.PromoteStandbyAsync();
        balancer.SwitchTo(pair.Primary);
        await Eventually.HoldsAsync(async () => (await CheckAsync(patient)).Status == HealthStatus.Healthy, "health after the promotion");
        Assert.Equal(2u, (await CheckAsync(patient)).Data["timeline"]);
    }

    [Fact]
    public async Task Unhealthy_where_the_server_turned_read_only_a_moment_after_a_rent()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var services = Services(server.ConnectionString(), TimeSpan.Zero);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
        await server.AlterSystemAsync("default_transaction_read_only", "on");

        var entry = await CheckAsync(services);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("default_transaction_read_only", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_bad_as_the_registration_says_where_nothing_answers()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var connectionString = server.ConnectionString(c => c.Password = "secret-word");
        await server.StopAsync();
        await using var services = Services(connectionString, TimeSpan.Zero, HealthStatus.Degraded);

        var entry = await CheckAsync(services);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.DoesNotContain("secret-word", entry.Description + entry.Exception, StringComparison.Ordinal);
    }

    static ServiceProvider Services(string connectionString, TimeSpan? failoverTimeout = null, HealthStatus? failure = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddWritableNpgsqlDataSource(connectionString, configure: o => o.FailoverTimeout = failoverTimeout ?? TimeSpan.FromSeconds(30));
        services.AddHealthChecks().AddWritableNpgsql(failureStatus: failure);
        return services.BuildServiceProvider();
    }

    static async Task<HealthReportEntry> CheckAsync(ServiceProvider services)
        => Assert.Single((await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries).Value;
}
