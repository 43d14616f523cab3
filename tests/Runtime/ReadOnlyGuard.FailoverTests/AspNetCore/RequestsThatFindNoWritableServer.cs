using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>The primary is read-only for longer than a rent waits: clients are told to come back, and nothing else.</summary>
public sealed class RequestsThatFindNoWritableServer : IAsyncLifetime
{
    PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync("default_transaction_read_only=on");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("GET", "/orders")]
    [InlineData("PUT", "/orders")]
    [InlineData("GET", "/unopened")]
    [InlineData("GET", "/read-only-error")]
    public async Task Are_answered_with_503_if_they_may_be_repeated(string method, string path)
    {
        await using var site = await StartAsync();

        await Site.AssertUnavailableAsync(await site.Client.SendAsync(new(new(method), path), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/orders", false)]
    [InlineData("/controller/orders", false)]
    [InlineData("/unopened", false)]
    [InlineData("/read-only-error", false)]
    [InlineData("/orders", true)]
    public async Task Are_not_asked_to_be_repeated_if_a_part_of_them_may_be_done(string path, bool handler)
    {
        using var logs = new RecordedLogs();
        using var meter = new GuardMeter();
        await using var site = await StartAsync(
            services => services.AddSingleton<ILoggerFactory>(logs), behind: app => { if (handler) app.UseExceptionHandler("/error"); });

        await Site.AssertPerhapsPartlyDoneAsync(await site.Client.PostAsync(path, null, TestContext.Current.CancellationToken));
        var told = Assert.Single(logs.Entries, entry => entry.Event == 22).Text;
        Assert.StartsWith($"POST {path.TrimStart('/')} was answered 500", told.Replace(" /", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Idempotent()", told, StringComparison.Ordinal);
        Assert.Equal((1, 0), (meter.Requests("perhaps_partly_done"), meter.Requests("unavailable")));
    }

    [Fact]
    public async Task Are_not_repeated_by_a_client_that_obeys_after_a_first_step_was_committed()
    {
        await using var steps = await PostgresServer.StartNewAsync();
        await steps.ExecuteAsync("create table steps ()");
        await using var first = WritableDataSource.Create(steps.ConnectionString());
        await using var site = await Site.StartAsync(
            _server.ConnectionString(),
            app => app.MapPost("/", async (WritableDataSource second) =>
            {
                await using (var connection = await first.OpenConnectionAsync())
                await using (var insert = new NpgsqlCommand("insert into steps default values", connection))
                    await insert.ExecuteNonQueryAsync();
                await using var other = await second.OpenConnectionAsync();
            }),
            TimeSpan.FromMilliseconds(100));

        for (var tries = 0; tries < 3; tries++)
            if ((await site.Client.PostAsync("/", null, TestContext.Current.CancellationToken)).Headers.RetryAfter is null)
                break;
        Assert.Equal(1, await steps.QueryAsync<long>("select count(*) from steps"));
    }

    [Fact]
    public async Task Are_told_different_times_to_come_back()
    {
        using var logs = new RecordedLogs();
        using var meter = new GuardMeter();
        await using var site = await StartAsync(services => services.AddSingleton<ILoggerFactory>(logs));
        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => site.Client.GetAsync("/orders", TestContext.Current.CancellationToken)));

        Assert.All(responses, response => Site.AssertRetryAfter(response, atLeast: 5));
        Assert.True(responses.Select(response => response.Headers.RetryAfter!.Delta).Distinct().Count() > 1);
        Assert.Equal(40, meter.Requests("unavailable"));
        var told = logs.Entries.Where(entry => entry.Event == 21).ToList();
        Assert.Equal(40, told.Count);
        Assert.All(told, entry => Assert.Contains($"127.0.0.1:{_server.Port}", entry.Text, StringComparison.Ordinal));
        Assert.All(told, entry => Assert.StartsWith("GET /orders was answered 503, Retry-After ", entry.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Are_answered_to_HEAD_without_a_body()
    {
        await using var site = await StartAsync();
        var response = await site.Client.SendAsync(new(HttpMethod.Head, "/orders"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Site.AssertRetryAfter(response, atLeast: 5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Are_answered_beside_an_exception_handler_that_stands(bool before)
    {
        await using var site = await StartAsync(
            before: app => { if (before) app.UseExceptionHandler("/error"); },
            behind: app => { if (!before) app.UseExceptionHandler("/error"); });

        await Site.AssertUnavailableAsync(await site.Client.GetAsync("/orders", TestContext.Current.CancellationToken));
        var other = await site.Client.PostAsync("/broken", null, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.InternalServerError, "sorry"), (other.StatusCode, await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Are_answered_as_the_application_writes_its_problems()
    {
        await using var site = await StartAsync(services => services
            .AddProblemDetails(o => o.CustomizeProblemDetails = c => c.ProblemDetails.Extensions["support"] = "call us")
            .Configure<RequestGuardOptions>(o => o.RetryAfter = TimeSpan.FromSeconds(11.2)));
        var response = await site.Client.GetAsync("/orders", TestContext.Current.CancellationToken);

        await Site.AssertUnavailableAsync(response, retryAfter: 12);
        Assert.Contains("call us", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_what_was_set_before_the_guard_and_lose_what_the_endpoint_had_set()
    {
        await using var site = await StartAsync(before: app => app.Use((context, next) =>
        {
            context.Response.Headers["X-Correlation"] = "7";
            return next(context);
        }));
        var response = await site.Client.PostAsync("/orders", null, TestContext.Current.CancellationToken);

        Assert.Equal("7", Assert.Single(response.Headers.GetValues("X-Correlation")));
        Assert.False(response.Headers.Contains("X-Half"));
    }

    [Theory]
    [InlineData("RetryAfter", "longer than zero")]
    [InlineData("MaxRuns", "1 or more")]
    [InlineData("MaxKeptBody", "must not be negative")]
    [InlineData("Sources", "must not be null")]
    public async Task Are_not_even_begun_with_bad_options(string option, string problem)
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(services => services.Configure<RequestGuardOptions>(o =>
        {
            switch (option)
            {
                case "RetryAfter": o.RetryAfter = TimeSpan.Zero; break;
                case "MaxRuns": o.MaxRuns = 0; break;
                case "MaxKeptBody": o.MaxKeptBody = -1; break;
                default: o.Sources = null!; break;
            }
        })));

        Assert.Contains(option, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Need_their_services()
    {
        var app = WebApplication.CreateBuilder().Build();
        Assert.Contains("AddReadOnlyGuard", Assert.Throws<InvalidOperationException>(() => app.UseReadOnlyGuard()).Message, StringComparison.Ordinal);
    }

    Task<Site> StartAsync(Action<IServiceCollection>? services = null, Action<WebApplication>? before = null, Action<WebApplication>? behind = null) => Site.StartAsync(
        _server.ConnectionString(),
        app =>
        {
            app.MapMethods("/orders", ["GET", "HEAD", "POST"], async (HttpContext context, WritableDataSource source) =>
            {
                context.Response.Headers["X-Half"] = "done";
                context.Response.StatusCode = 418;
                await using var connection = await source.OpenConnectionAsync(context.RequestAborted);
            });
            app.MapPut("/orders", async (WritableDataSource source) => await source.OpenConnectionAsync()).Idempotent();
            app.MapMethods("/unopened", ["GET", "POST"], async (NpgsqlConnection connection) => await connection.OpenAsync());
            app.MapMethods("/read-only-error", ["GET", "POST"], async () =>
            {
                await using var raw = NpgsqlDataSource.Create(_server.ConnectionString());
                await raw.CreateCommand("create table t ()").ExecuteNonQueryAsync();
            });
            app.MapPost("/broken", _ => throw new InvalidOperationException("its own"));
            app.Map("/error", (HttpContext context) =>
            {
                Assert.NotNull(context.Features.Get<IExceptionHandlerFeature>());
                return Results.Text("sorry", statusCode: 500);
            });
        },
        TimeSpan.FromMilliseconds(300), services, before, behind);
}

[ApiController, Route("controller")]
public sealed class OrdersController(WritableDataSource source) : ControllerBase
{
    [HttpPost("orders")]
    public async Task<IActionResult> Post()
    {
        await using var connection = await source.OpenConnectionAsync();
        return NoContent();
    }
}
