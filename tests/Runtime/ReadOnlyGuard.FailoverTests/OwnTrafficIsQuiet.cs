using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Trace;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>What the guard asks its servers by itself is none of the application's commands: in traces, in Npgsql's log, in its metrics.</summary>
public sealed class OwnTrafficIsQuiet : IAsyncLifetime
{
    const string CheckQuery = "pg_is_in_recovery";

    PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("OpenConnection")]
    [InlineData("CreateConnection")]
    public async Task An_outage_fills_no_trace(string door)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "ReadOnlyGuard",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var logs = new RecordedLogs();
        await using var source = WritableDataSource.Create(_server.ConnectionString(), o => (o.LoggerFactory, o.ValidationInterval) = (logs, TimeSpan.Zero));
        await _server.StopAsync();
        using var meter = new GuardMeter();
        var rent = WriteAsync();
        await Eventually.HoldsAsync(() => meter.ChecksThatFound("failed") > 50, "fifty attempts of the search");
        await _server.StartAsync();
        await Record.ExceptionAsync(() => rent);
        await WriteAsync();

        // The application's own opens and its one command; one search, however often it asked, and one wait.
        Assert.InRange(spans.Count(span => span.Source.Name == "Npgsql"), 1, 40);
        Assert.DoesNotContain(spans, IsCheck);
        Assert.Contains(spans, span => Query(span).Contains("select 42", StringComparison.Ordinal));
        Assert.InRange(spans.Count(span => span.OperationName == "readonlyguard.wait"), 0, 1);

        async Task WriteAsync()
        {
            await using var connection = door == "OpenConnection" ? await source.OpenConnectionAsync() : source.CreateConnection();
            if (door == "CreateConnection")
                await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select 42", connection);
            await command.ExecuteScalarAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_check_is_in_nobodys_trace_where_the_builder_is_the_applications(bool async)
    {
        // OpenTelemetry's own sampler, which follows the parent. The builder's filter is the application's.
        var ended = new Ended();
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource("Npgsql", "test").AddProcessor(ended).Build();
        using var requests = new ActivitySource("test");
        var builder = new NpgsqlDataSourceBuilder(_server.ConnectionString());
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(command => command.CommandText != "select 43"));
        await using var source = builder.BuildWritable(o => o.ValidationInterval = TimeSpan.Zero);
        using (var request = requests.StartActivity("request"))
            foreach (var sql in new[] { "select 42", "select 43" })
            {
                await using var connection = async ? await source.OpenConnectionAsync() : source.OpenConnection();
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteScalarAsync();
                Assert.Same(request, Activity.Current);
            }
        Assert.DoesNotContain(ended.Spans, IsCheck);
        Assert.Single(ended.Spans, span => Query(span) == "select 42");
        Assert.DoesNotContain(ended.Spans, span => Query(span) == "select 43");
    }

    [Theory]
    [InlineData("by connection string")]
    [InlineData("by builder")]
    public async Task Npgsqls_log_has_the_applications_commands_and_the_guards_apart(string how)
    {
        using var logs = new RecordedLogs();
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(logs);
        if (how == "by builder")
            services.AddWritableNpgsqlDataSource(_server.ConnectionString(), _ => { }, configure: o => o.ValidationInterval = TimeSpan.Zero);
        else
            services.AddWritableNpgsqlDataSource(_server.ConnectionString(), configure: o => o.ValidationInterval = TimeSpan.Zero);
        await using var host = services.BuildServiceProvider();
        await using (var connection = await host.GetRequiredService<WritableDataSource>().OpenConnectionAsync())
        await using (var command = new NpgsqlCommand("select 42", connection))
            await command.ExecuteScalarAsync();

        Assert.Contains(logs.Entries, entry => entry.Category == "Npgsql.Command" && entry.Text.Contains("select 42", StringComparison.Ordinal));
        var checks = logs.Entries.Where(entry => entry.Text.Contains(CheckQuery, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(checks);
        Assert.All(checks, entry => Assert.True(entry is { Category: "ReadOnlyGuard.Npgsql.Command", Level: <= LogLevel.Debug }, $"{entry}"));
    }

    [Fact]
    public async Task Npgsqls_metrics_show_the_pool_under_its_name_and_nothing_else_there()
    {
        var measured = new List<(string? Pool, string? State, long Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Npgsql" && instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>(Measured);
        listener.SetMeasurementEventCallback<long>(Measured);
        listener.Start();
        var builder = new NpgsqlDataSourceBuilder(_server.ConnectionString()) { Name = "shop" };
        await using var source = builder.BuildWritable();
        Assert.Equal("shop", builder.Name);
        var rented = new List<NpgsqlConnection>();
        for (var i = 0; i < 5; i++)
            rented.Add(await source.OpenConnectionAsync());
        await rented[0].DisposeAsync();
        await rented[1].DisposeAsync();

        listener.RecordObservableInstruments();
        Assert.Equal(3, Assert.Single(measured, pool => pool is { Pool: "shop", State: "used" }).Value);
        Assert.Equal(2, Assert.Single(measured, pool => pool is { Pool: "shop", State: "idle" }).Value);
        foreach (var connection in rented)
            await connection.DisposeAsync();

        void Measured<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) where T : struct
        {
            var all = tags.ToArray();
            measured.Add((Tag("pool.name"), Tag("state"), Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)));

            string? Tag(string name) => all.FirstOrDefault(tag => tag.Key.EndsWith(name, StringComparison.Ordinal)).Value?.ToString();
        }
    }

    static bool IsCheck(Activity span) => Query(span).Contains(CheckQuery, StringComparison.Ordinal);

    static string Query(Activity span) => (span.GetTagItem("db.query.text") ?? span.GetTagItem("db.statement"))?.ToString() ?? "";

    sealed class Ended : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
