using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>A web application on a loopback port, with the request guard and whatever endpoints a test gives it.</summary>
sealed class Site : IAsyncDisposable
{
    readonly WebApplication _application;

    Site(WebApplication application)
    {
        _application = application;
        Client = new() { BaseAddress = new(application.Urls.Single()) };
    }

    public HttpClient Client { get; }

    /// <param name="connectionString">Of the one registered source.</param>
    /// <param name="map">The endpoints.</param>
    /// <param name="failoverTimeout">How long rents wait; 20 s by default, longer than any failover here.</param>
    /// <param name="services">Registers more, or configures the guard.</param>
    /// <param name="before">Middleware in front of the guard.</param>
    /// <param name="behind">Middleware behind it.</param>
    public static async Task<Site> StartAsync(
        string connectionString, Action<WebApplication> map, TimeSpan? failoverTimeout = null,
        Action<IServiceCollection>? services = null, Action<WebApplication>? before = null, Action<WebApplication>? behind = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWritableNpgsqlDataSource(connectionString, configure: o => o.FailoverTimeout = failoverTimeout ?? TimeSpan.FromSeconds(20));
        builder.Services.AddReadOnlyGuard();
        builder.Services.AddControllers().AddApplicationPart(typeof(Site).Assembly);
        services?.Invoke(builder.Services);
        var application = builder.Build();
        before?.Invoke(application);
        application.UseReadOnlyGuard();
        // Else WebApplication has it in front of the guard, where controllers are registered.
        application.UseAuthentication();
        behind?.Invoke(application);
        application.MapControllers();
        map(application);
        await application.StartAsync();
        return new(application);
    }

    /// <summary>503, when to try again (5 s by default, and up to half as long again), and problem details that tell nothing of servers or SQL.</summary>
    public static async Task AssertUnavailableAsync(HttpResponseMessage response, int retryAfter = 5)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        AssertRetryAfter(response, retryAfter);
        await AssertProblemAsync(response, "Service Unavailable");
    }

    /// <summary>500, and no word of trying again.</summary>
    public static async Task AssertPerhapsPartlyDoneAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.False(response.Headers.Contains("Retry-After"));
        await AssertProblemAsync(response, "Perhaps Partly Done");
    }

    public static void AssertRetryAfter(HttpResponseMessage response, int atLeast)
        => Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, atLeast, Math.Ceiling(atLeast * 1.5));

    static async Task AssertProblemAsync(HttpResponseMessage response, string title)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        using var problem = JsonDocument.Parse(text);
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(title, problem.RootElement.GetProperty("title").GetString());
        foreach (var leak in (string[])["127.0.0.1", "Npgsql", "Exception", "select", "insert", "postgres"])
            Assert.DoesNotContain(leak, text, StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }
}
