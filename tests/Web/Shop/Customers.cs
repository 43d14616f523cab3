using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Shop;

/// <summary>Customers of every way, who order over HTTP at a steady pace.</summary>
sealed class Customers(OrderLog log, IServer server, IHostApplicationLifetime lifetime) : BackgroundService
{
    const int PerWay = 2;
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(stoppingToken);
        using var http = new HttpClient { BaseAddress = new(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        await Task.WhenAll(Enumerable.Range(0, PerWay).SelectMany(_ => Orders.Ways).Select(way => OrderAsync(http, way, stoppingToken)));
    }

    async Task OrderAsync(HttpClient http, string way, CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            var key = Guid.NewGuid();
            var began = Stopwatch.GetTimestamp();
            int? status = null;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/orders/" + way) { Headers = { { Orders.KeyHeader, key.ToString() } } };
                using var response = await http.SendAsync(request, stoppingToken);
                status = (int)response.StatusCode;
            }
            catch (HttpRequestException)
            {
            }
            log.Answered(way, key, status, Stopwatch.GetElapsedTime(began));
        }
    }
}
