using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>A failover in the traces: one span for the search, and one for each rent that waited, linked to it.</summary>
public sealed class SearchesAreTraced
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_the_rents_that_waited(bool async)
    {
        var ended = new Ended();
        using var tracing = Sdk.CreateTracerProviderBuilder().AddReadOnlyGuardInstrumentation().AddSource("test").AddProcessor(ended).Build();
        using var metering = Sdk.CreateMeterProviderBuilder().AddReadOnlyGuardInstrumentation().Build();
        using var requests = new ActivitySource("test");
        using var meter = new GuardMeter();
        await using var server = await PostgresServer.StartNewAsync();
        await server.AlterSystemAsync("default_transaction_read_only", "on");
        await using var source = WritableDataSource.Create(server.ConnectionString());

        var rents = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            using var request = requests.StartActivity("request");
            if (async)
                await (await source.OpenConnectionAsync()).DisposeAsync();
            else
                source.OpenConnection().Dispose();
            Assert.Same(request, Activity.Current);
        })).ToList();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 3, "all rents to wait");
        await server.AlterSystemAsync("default_transaction_read_only", null);
        await Task.WhenAll(rents);
        await Eventually.HoldsAsync(() => ended.Spans.Any(span => span.OperationName == "readonlyguard.search"), "the search to end");

        var search = Assert.Single(ended.Spans, span => span.OperationName == "readonlyguard.search");
        Assert.Null(search.Parent);
        Assert.Equal(("127.0.0.1", server.Port), (search.GetTagItem("server.address"), search.GetTagItem("server.port")));
        var waits = ended.Spans.Where(span => span.OperationName == "readonlyguard.wait").ToList();
        Assert.Equal(3, waits.Count);
        Assert.All(waits, wait => Assert.Equal(search.Context, Assert.Single(wait.Links).Context));
        Assert.Equal(3, waits.Select(wait => wait.ParentSpanId).Intersect(ended.Spans.Where(span => span.OperationName == "request").Select(span => span.SpanId)).Count());
    }

    [Fact]
    public async Task As_an_error_where_no_server_was_found()
    {
        var ended = new Ended();
        using var tracing = Sdk.CreateTracerProviderBuilder().AddReadOnlyGuardInstrumentation().AddProcessor(ended).Build();
        await using var server = await PostgresServer.StartNewAsync("default_transaction_read_only=on");
        await using var source = WritableDataSource.Create(server.ConnectionString(), o => o.FailoverTimeout = TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        await Eventually.HoldsAsync(() => ended.Spans.Any(span => span.OperationName == "readonlyguard.search"), "the search to end");
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(ended.Spans, span => span.OperationName == "readonlyguard.search").Status);
    }

    sealed class Ended : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
