using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>Another run of a request has what stood in front of the guard, and nothing of the run before; or there is none.</summary>
public sealed class WhatAnotherRunKeeps : IAsyncLifetime
{
    PostgresServer _server = null!;
    int _runs;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Is_not_the_tenant_of_a_scope_in_front_so_there_is_none_and_the_log_says_so_once_before_any_failover()
    {
        using var logs = new RecordedLogs();
        await using var site = await StartAsync(before: UseTenant, services: services => services.AddSingleton<ILoggerFactory>(logs));

        Assert.Equal("tenant 7, 1 runs", await site.Client.GetStringAsync("/tenant?fail=0", Cancellation));
        Assert.Equal("tenant 7, 2 runs", await site.Client.GetStringAsync("/tenant?fail=0", Cancellation));
        var told = Assert.Single(logs.Entries, entry => entry.Event == 23);
        Assert.Contains("/tenant", told.Text, StringComparison.Ordinal);
        Assert.Contains("CarryOver", told.Text, StringComparison.Ordinal);

        await Site.AssertUnavailableAsync(await site.Client.GetAsync("/tenant?fail=3", Cancellation));
        Assert.Equal(3, _runs);
    }

    [Fact]
    public async Task Is_the_tenant_that_the_application_carries_over()
    {
        await using var site = await StartAsync(before: UseTenant, services: services => services.Configure<RequestGuardOptions>(o =>
            o.CarryOver = (from, to) => to.GetRequiredService<Tenant>().Id = from.GetRequiredService<Tenant>().Id));

        Assert.Equal("tenant 7, 3 runs", await site.Client.GetStringAsync("/tenant?fail=2", Cancellation));
    }

    [Fact]
    public async Task Is_the_tenant_that_middleware_behind_the_guard_sets_again()
    {
        await using var site = await StartAsync(behind: UseTenant);

        Assert.Equal("tenant 7, 3 runs", await site.Client.GetStringAsync("/tenant?fail=2", Cancellation));
    }

    [Fact]
    public async Task Is_a_session_that_only_the_last_run_has_written()
    {
        await using var site = await StartAsync(before: app => app.UseSession(), services: AddSession);

        Assert.Equal("1 visits", await site.Client.GetStringAsync("/session?fail=2", Cancellation));
        Assert.Equal("2 visits", await site.Client.GetStringAsync("/session?fail=0", Cancellation));
        Assert.Equal("3 visits", await site.Client.GetStringAsync("/session?fail=5", Cancellation));
    }

    [Fact]
    public async Task Is_a_session_that_a_refused_request_has_not_written()
    {
        await using var site = await StartAsync(before: app => app.UseSession(), services: AddSession);

        Assert.Equal("1 visits", await site.Client.GetStringAsync("/session?fail=0", Cancellation));
        await Site.AssertUnavailableAsync(await site.Client.GetAsync("/session?fail=9", Cancellation));
        _runs = 0;
        Assert.Equal("2 visits", await site.Client.GetStringAsync("/session?fail=0", Cancellation));
    }

    [Theory]
    [InlineData("/session", true)]
    [InlineData("/stored", false)]
    public async Task Is_no_session_that_was_stored_already_so_there_is_none(string path, bool behind)
    {
        await using var site = await StartAsync(
            before: app => { if (!behind) app.UseSession(); }, behind: app => { if (behind) app.UseSession(); }, services: AddSession);

        await Site.AssertUnavailableAsync(await site.Client.GetAsync(path + "?fail=1", Cancellation));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Are_items_headers_and_cookies_of_what_stands_in_front_and_none_of_the_run_before()
    {
        IDictionary<object, object?>? held = null;
        await using var site = await StartAsync(before: app => app.Use(async (context, next) =>
        {
            held = context.Items;
            context.Items["front"] = "kept";
            context.Response.Headers["X-Front"] = "kept";
            context.Response.Cookies.Append("front", "kept");
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Append("X-Starting", "front");
                return Task.CompletedTask;
            });
            await next(context);
            Assert.Same(held, context.Items);
        }));
        var response = await site.Client.GetAsync("/context?fail=1", Cancellation);

        Assert.Equal("run 2, front, last", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("kept", Assert.Single(response.Headers.GetValues("X-Front")));
        Assert.Equal(["run 2", "front"], response.Headers.GetValues("X-Starting"));
        Assert.Equal(["front=kept; path=/", "run=2; path=/"], response.Headers.GetValues("Set-Cookie").Order());
        Assert.Equal("run 2", held!["last"]);
    }

    [Fact]
    public async Task Is_the_request_before_what_stands_behind_the_guard_changed_it()
    {
        await using var site = await StartAsync(behind: app =>
        {
            app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All });
            app.Use((context, next) =>
            {
                context.Request.Path = context.Request.Path.Add("/behind");
                context.Request.Headers.Append("X-Behind", "1");
                return next(context);
            });
        });
        var request = new HttpRequestMessage(HttpMethod.Get, "/request?fail=2");
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        request.Headers.Add("X-Forwarded-Proto", "https");

        Assert.Equal("https /request/behind from 192.0.2.7, 1, 3 runs", await (await site.Client.SendAsync(request, Cancellation)).Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Are_none_of_the_connections_that_the_run_before_held()
    {
        await using var site = await Site.StartAsync(_server.ConnectionString(c => (c.MaxPoolSize, c.Timeout) = (1, 2)), app => app.MapGet("/", async (NpgsqlConnection connection) =>
        {
            await connection.OpenAsync();
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs";
        }));

        Assert.Equal("2 runs", await site.Client.GetStringAsync("/", Cancellation));
    }

    static void UseTenant(WebApplication app) => app.Use((context, next) =>
    {
        context.RequestServices.GetRequiredService<Tenant>().Id = 7;
        return next(context);
    });

    static void AddSession(IServiceCollection services) => services.AddDistributedMemoryCache().AddSession();

    Task<Site> StartAsync(Action<WebApplication>? before = null, Action<WebApplication>? behind = null, Action<IServiceCollection>? services = null) => Site.StartAsync(
        _server.ConnectionString(),
        app =>
        {
            app.MapGet("/tenant", async (int fail, Tenant tenant) =>
            {
                await FailUntilRunAsync(fail);
                return $"tenant {tenant.Id}, {_runs} runs";
            });
            app.MapGet("/session", async (int fail, HttpContext context) =>
            {
                context.Session.SetInt32("visits", (context.Session.GetInt32("visits") ?? 0) + 1);
                await FailUntilRunAsync(fail);
                return $"{context.Session.GetInt32("visits")} visits";
            });
            app.MapGet("/stored", async (int fail, HttpContext context) =>
            {
                context.Session.SetInt32("visits", 1);
                await context.Session.CommitAsync();
                await FailUntilRunAsync(fail);
            });
            app.MapGet("/context", async (int fail, HttpContext context) =>
            {
                context.Items["last"] = $"run {_runs + 1}";
                var run = _runs + 1;
                context.Response.Cookies.Append("run", $"{run}");
                context.Response.Headers["X-Run"] = $"{run}";
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.Append("X-Starting", $"run {run}");
                    return Task.CompletedTask;
                });
                var text = string.Join(", ", context.Items.Keys.Where(key => key is "front" or "last").Order());
                await FailUntilRunAsync(fail);
                return $"run {run}, {text}";
            });
            app.MapGet("/request", async (int fail, HttpContext context) =>
            {
                await FailUntilRunAsync(fail);
                return $"{context.Request.Scheme} {context.Request.Path} from {context.Connection.RemoteIpAddress}, {context.Request.Headers["X-Behind"]}, {_runs} runs";
            });
        },
        services: all =>
        {
            all.AddScoped<Tenant>();
            services?.Invoke(all);
        },
        before: before, behind: behind);

    async Task FailUntilRunAsync(int run)
    {
        if (++_runs <= run)
            await LoseAsync();
    }

    /// <summary>57P01, as every backend of a server that shuts down answers.</summary>
    async Task LoseAsync()
    {
        await using var raw = NpgsqlDataSource.Create(_server.ConnectionString(c => c.Pooling = false));
        await raw.CreateCommand("select pg_terminate_backend(pg_backend_pid())").ExecuteNonQueryAsync();
    }

    sealed class Tenant
    {
        public int Id { get; set; }
    }
}
