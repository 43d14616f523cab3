using System.Runtime.CompilerServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shop;

/// <summary>What the page shows, four times a second, as server-sent events.</summary>
static class Live
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public sealed record Way(string Name, IEnumerable<int[]> Recent, int Done, int Unavailable, int Failed, int SlowestMs);

    public sealed record Snapshot(
        string Health, string? Primary, bool CanFailOver, bool FailingOver, int Acknowledged, int Missing, IEnumerable<Way> Ways);

    public static void MapLive(this WebApplication application)
    {
        var failingOver = false;
        // An open page must not keep the application from ending.
        var stopping = application.Lifetime.ApplicationStopping;
        application.MapGet("/live", (OrderLog log, HealthCheckService health, FailOver failOver, CancellationToken token) =>
            TypedResults.ServerSentEvents(SnapshotsAsync(log, health, failOver, () => Volatile.Read(ref failingOver), stopping, token)));

        application.MapPost("/failover", async (FailOver failOver) =>
        {
            if (failOver.Run is null)
                return Results.NotFound();
            if (Interlocked.Exchange(ref failingOver, true))
                return Results.Conflict();
            try
            {
                await failOver.Run();
                return Results.NoContent();
            }
            finally
            {
                Volatile.Write(ref failingOver, false);
            }
        });
    }

    static async IAsyncEnumerable<Snapshot> SnapshotsAsync(
        OrderLog log, HealthCheckService health, FailOver failOver, Func<bool> failingOver, CancellationToken stopping, [EnumeratorCancellation] CancellationToken token)
    {
        while (!stopping.IsCancellationRequested)
        {
            var report = await health.CheckHealthAsync(token);
            var primary = report.Entries["writable"].Data.GetValueOrDefault("server") as string;
            yield return new(
                report.Status.ToString(), primary, failOver.Run is not null, failingOver(), log.Acknowledged.Count, log.Missing,
                log.Ways.Select(way => new Way(
                    way.Key, way.Value.Recent().Select(slice => new[] { slice.Done, slice.Unavailable, slice.Failed }),
                    way.Value.Total.Done, way.Value.Total.Unavailable, way.Value.Total.Failed, (int)way.Value.Slowest.TotalMilliseconds)));
            await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
