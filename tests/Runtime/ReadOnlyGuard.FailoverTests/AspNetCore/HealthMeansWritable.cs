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

    [Fact]
    public async Task Says_for_how_long_what_each_host_answers_and_how_many_wait()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var time = new LeapingTime();
        using var meter = new GuardMeter();
        await using var services = Services(server.ConnectionString(), time: time);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
        await server.AlterSystemAsync("default_transaction_read_only", "on");
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(services)).Status);
        var rents = Enumerable.Range(0, 3).Select(_ => services.GetRequiredService<WritableDataSource>().OpenConnectionAsync().AsTask()).ToList();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 3, "the rents to wait");
        time.Leap(TimeSpan.FromSeconds(10));

        var entry = await CheckAsync(services);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Matches(@"^No writable server for 1\d\.\d s \(rents wait up to 30 s\): 127\.0\.0\.1:\d+ is set read-only .*\. 3 waiting\.$", entry.Description);
        Assert.InRange((double)entry.Data["seconds"], 10, 20);
        Assert.Equal(3, entry.Data["waiting"]);
        await server.AlterSystemAsync("default_transaction_read_only", null);
        foreach (var rent in rents)
            await (await rent).DisposeAsync();
    }

    [Fact]
    public async Task Degraded_or_as_the_registration_says_in_time_where_the_pool_is_exhausted()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var services = Services(server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (1, 60)), failure: HealthStatus.Degraded);
        await using var held = await services.GetRequiredService<WritableDataSource>().OpenConnectionAsync();

        var entry = await CheckAsync(services).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("can be written to", entry.Description, StringComparison.Ordinal);
        Assert.Contains("Maximum Pool Size", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_time_where_a_host_leaves_connections_without_an_answer()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var services = Services(server.ConnectionString(c => c.Timeout = 60));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
        server.Freeze();

        Assert.NotEqual(HealthStatus.Healthy, (await CheckAsync(services).WaitAsync(TimeSpan.FromSeconds(20))).Status);
        Assert.NotEqual(HealthStatus.Healthy, (await CheckAsync(services).WaitAsync(TimeSpan.FromSeconds(20))).Status);
        server.Thaw();
        await Eventually.HoldsAsync(async () => (await CheckAsync(services)).Status == HealthStatus.Healthy, "health after the thaw");
    }

    [Fact]
    public async Task Of_the_source_behind_a_registered_NpgsqlDataSource_or_says_what_to_register()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = WritableDataSource.Create(server.ConnectionString());
        await using var with = Services(services => services.AddSingleton(source.AsNpgsqlDataSource()));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(with)).Status);

        await using var without = Services(_ => { });
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CheckAsync(without));
        Assert.Contains("AddWritableNpgsqlDataSource", error.Message, StringComparison.Ordinal);
        Assert.Contains("UseWritableNpgsql", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The system's time, and timers, with leaps.</summary>
    sealed class LeapingTime : TimeProvider
    {
        long _leapt;

        public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, by.Ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (long)(Environment.TickCount64 * (double)TimeSpan.TicksPerMillisecond) + Interlocked.Read(ref _leapt);
    }

    static ServiceProvider Services(string connectionString, TimeSpan? failoverTimeout = null, HealthStatus? failure = null, TimeProvider? time = null)
        => Services(
            services => services.AddWritableNpgsqlDataSource(connectionString, configure: o =>
            {
                o.FailoverTimeout = failoverTimeout ?? TimeSpan.FromSeconds(30);
                o.TimeProvider = time ?? o.TimeProvider;
            }),
            failure);

    static ServiceProvider Services(Action<IServiceCollection> register, HealthStatus? failure = null)
    {
        var services = new ServiceCollection().AddLogging();
        register(services);
        services.AddHealthChecks().AddWritableNpgsql(failureStatus: failure);
        return services.BuildServiceProvider();
    }

    static async Task<HealthReportEntry> CheckAsync(ServiceProvider services)
        => Assert.Single((await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries).Value;
}
