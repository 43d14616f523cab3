using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.AspNetCore;

/// <summary>An idempotent request that a failover struck is run again, as if it had come a moment later.</summary>
public sealed class RequestsRunAgain : IAsyncLifetime
{
    PostgresServer _server = null!;
    int _runs;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/killed")]
    [InlineData("/shut-down-error")]
    public async Task GET_whose_connection_was_lost(string path)
    {
        await using var site = await StartAsync();

        Assert.Equal("2 runs", await site.Client.GetStringAsync(path, Cancellation));
    }

    [Fact]
    public async Task GET_in_a_scope_of_its_own_and_with_a_clean_response()
    {
        await using var site = await StartAsync();
        var response = await site.Client.GetAsync("/scoped", Cancellation);

        Assert.Equal((HttpStatusCode.OK, "clean"), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
        Assert.False(response.Headers.Contains("X-First-Run"));
    }

    [Fact]
    public async Task GET_with_an_unopened_connection_that_waits_for_the_promotion()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var balancer = new LaggingBalancer(pair.Standby);
        using var meter = new GuardMeter();
        await using var site = await Site.StartAsync(balancer.ConnectionString(), app => app.MapGet("/", async (NpgsqlConnection connection) =>
        {
            _runs++;
            await connection.OpenAsync();
            return $"{_runs} runs";
        }));

        var answer = site.Client.GetStringAsync("/", Cancellation);
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the open to wait");
        await pair.PromoteStandbyAsync();
        Assert.Equal("1 runs", await answer);
    }

    [Fact]
    public async Task PUT_that_is_marked_idempotent_with_its_body()
    {
        await using var site = await StartAsync();
        var response = await site.Client.PutAsync("/marked", new StringContent("a body", Encoding.UTF8), Cancellation);

        Assert.Equal("2 runs: a body", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("/marked", "as it is")]
    [InlineData("/disposed", "as it is")]
    [InlineData("/pipe", "as it is")]
    [InlineData("/half", "as it is")]
    [InlineData("/bound", "\"as it is\"")]
    public async Task PUT_whose_body_came_in_chunks(string path, string body)
    {
        await using var site = await StartAsync();
        // As PutAsJsonAsync sends it: its length is not known before it is written.
        var response = await site.Client.SendAsync(new(HttpMethod.Put, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { TransferEncodingChunked = true },
        }, Cancellation);

        Assert.Equal("2 runs: as it is", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task PUT_of_the_clients_own()
    {
        await using var site = await StartAsync();
        var response = await site.Client.PutAsJsonAsync("/bound", "as it is", Cancellation);

        Assert.Equal("2 runs: as it is", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task PUT_of_a_form()
    {
        await using var site = await StartAsync();
        var response = await site.Client.PutAsync("/form", new FormUrlEncodedContent([new("a", "as it is")]), Cancellation);

        Assert.Equal("2 runs: as it is", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Or_not_where_a_body_in_chunks_turns_out_to_be_longer_than_is_kept()
    {
        await using var site = await StartAsync(services => services.Configure<RequestGuardOptions>(o => o.MaxKeptBody = 10));
        var body = new string('x', 100_000);
        var response = await site.Client.SendAsync(new(HttpMethod.Put, "/marked") { Content = new StringContent(body), Headers = { TransferEncodingChunked = true } }, Cancellation);

        await Site.AssertUnavailableAsync(response);
        Assert.Equal(1, _runs);
        Assert.Equal("2 runs: " + body, await (await site.Client.SendAsync(
            new(HttpMethod.Put, "/marked") { Content = new StringContent(body), Headers = { TransferEncodingChunked = true } }, Cancellation)).Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task With_a_word_in_the_log_and_the_meter()
    {
        using var logs = new RecordedLogs();
        using var meter = new GuardMeter();
        await using var site = await StartAsync(services => services.AddSingleton<ILoggerFactory>(logs));
        await site.Client.PutAsync("/marked", new StringContent("a body"), Cancellation);

        var told = Assert.Single(logs.Entries, entry => entry.Event == 20).Text;
        Assert.Equal($"PUT /marked is run again (2 of 3), as it is idempotent: the server 127.0.0.1:{_server.Port} is shutting down or starting (57P01)", told);
        Assert.Equal(1, meter.Requests("run_again"));
    }

    [Theory]
    [InlineData("PUT", "/marked", "a body longer than the guard keeps", HttpStatusCode.ServiceUnavailable)]
    [InlineData("POST", "/killed", null, HttpStatusCode.InternalServerError)]
    [InlineData("GET", "/not-idempotent", null, HttpStatusCode.InternalServerError)]
    [InlineData("GET", "/unknown-commit", null, HttpStatusCode.InternalServerError)]
    [InlineData("GET", "/unknown-commit-inside", null, HttpStatusCode.InternalServerError)]
    [InlineData("GET", "/unknown-commit-beside", null, HttpStatusCode.InternalServerError)]
    [InlineData("POST", "/own-read-only", null, HttpStatusCode.InternalServerError)]
    [InlineData("GET", "/own-error", null, HttpStatusCode.InternalServerError)]
    public async Task Or_not_where_that_could_do_harm_or_no_good(string method, string path, string? body, HttpStatusCode status)
    {
        await using var site = await StartAsync(services => services.Configure<RequestGuardOptions>(o => o.MaxKeptBody = 10));
        var response = await site.Client.SendAsync(new(new(method), path) { Content = body is null ? null : new StringContent(body) }, Cancellation);

        Assert.Equal((status, 1), (response.StatusCode, _runs));
    }

    [Fact]
    public async Task Once_where_the_application_had_made_the_transaction_read_only()
    {
        await using var site = await StartAsync();
        var response = await site.Client.GetAsync("/own-read-only", Cancellation);

        Assert.Equal((HttpStatusCode.InternalServerError, 2), (response.StatusCode, _runs));
    }

    [Fact]
    public async Task As_often_as_the_options_say()
    {
        await using var site = await StartAsync(services => services.Configure<RequestGuardOptions>(o => o.MaxRuns = 4));

        await Site.AssertUnavailableAsync(await site.Client.GetAsync("/always-lost", Cancellation));
        Assert.Equal(4, _runs);
    }

    [Theory]
    [InlineData("/streamed")]
    [InlineData("/unflushed")]
    public async Task Not_once_an_answer_has_begun(string path)
    {
        await using var site = await StartAsync();
        try
        {
            var response = await site.Client.GetAsync(path, Cancellation);
            Assert.NotEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server broke it off in the middle.
        }
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Not_for_a_client_that_is_gone()
    {
        var ended = new TaskCompletionSource<Exception?>();
        var begun = new TaskCompletionSource();
        await using var site = await Site.StartAsync(_server.ConnectionString(), app => app.MapGet("/", async (HttpContext context) =>
        {
            _runs++;
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            await LoseAsync();
        }), before: app => app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                ended.SetResult(null);
            }
            catch (Exception e)
            {
                ended.SetResult(e);
            }
        }));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var request = site.Client.GetAsync("/", gone.Token);
        await begun.Task.WaitAsync(Cancellation);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        Assert.IsType<PostgresException>(await ended.Task.WaitAsync(Cancellation));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Once_each_of_two_sources_has_its_primary()
    {
        await using var other = await PostgresServer.StartNewAsync();
        await other.AlterSystemAsync("default_transaction_read_only", "on");
        var second = WritableDataSource.Create(other.ConnectionString(), o => o.FailoverTimeout = TimeSpan.FromSeconds(20));
        await using var site = await StartAsync(services => services.AddSingleton(second));
        using var meter = new GuardMeter();

        var answer = site.Client.GetStringAsync("/killed", Cancellation);
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "the request to wait for the second source");
        Assert.Equal(1, _runs);
        await other.AlterSystemAsync("default_transaction_read_only", null);
        Assert.Equal("2 runs", await answer);
    }

    Task<Site> StartAsync(Action<IServiceCollection>? services = null) => Site.StartAsync(_server.ConnectionString(), app =>
    {
        app.MapMethods("/killed", ["GET", "POST"], async () =>
        {
            if (++_runs == 1)
                await KillOwnBackendAsync(app.Services.GetRequiredService<WritableDataSource>());
            return $"{_runs} runs";
        });
        app.MapGet("/shut-down-error", async () =>
        {
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs";
        });
        app.MapGet("/scoped", async (HttpContext context, Scoped scoped) =>
        {
            var clean = !scoped.Used && !context.Items.ContainsKey("used");
            scoped.Used = true;
            context.Items["used"] = true;
            if (++_runs == 1)
            {
                context.Response.Headers["X-First-Run"] = "yes";
                context.Response.StatusCode = 418;
                await LoseAsync();
            }
            return clean ? "clean" : "not clean";
        });
        app.MapPut("/marked", async (HttpRequest request) =>
        {
            var body = await new StreamReader(request.Body).ReadToEndAsync();
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs: {body}";
        }).Idempotent();
        app.MapPut("/disposed", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync();
            reader.Dispose();
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs: {body}";
        }).Idempotent();
        app.MapPut("/pipe", async (HttpRequest request) =>
        {
            var read = await request.BodyReader.ReadAtLeastAsync(100);
            var body = Encoding.UTF8.GetString(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs: {body}";
        }).Idempotent();
        app.MapPut("/half", async (HttpRequest request) =>
        {
            if (++_runs == 1)
            {
                Assert.Equal(2, await request.Body.ReadAtLeastAsync(new byte[2], 2));
                await LoseAsync();
            }
            return $"{_runs} runs: {await new StreamReader(request.Body).ReadToEndAsync()}";
        }).Idempotent();
        app.MapPut("/bound", async ([FromBody] string body) =>
        {
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs: {body}";
        }).Idempotent();
        app.MapPut("/form", async (HttpRequest request) =>
        {
            var body = (await request.ReadFormAsync())["a"];
            if (++_runs == 1)
                await LoseAsync();
            return $"{_runs} runs: {body}";
        }).Idempotent();
        app.MapGet("/not-idempotent", async () =>
        {
            _runs++;
            await LoseAsync();
        }).Idempotent(false);
        app.MapGet("/always-lost", async () =>
        {
            _runs++;
            await LoseAsync();
        });
        app.MapGet("/unknown-commit", () => CommitUnansweredAsync());
        app.MapGet("/unknown-commit-inside", async () =>
        {
            try
            {
                await CommitUnansweredAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException("as a layer of the application wraps it", e);
            }
        });
        app.MapGet("/unknown-commit-beside", async () =>
        {
            var lost = await Assert.ThrowsAsync<PostgresException>(LoseAsync);
            var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(CommitUnansweredAsync);
            throw new AggregateException(lost, unknown);
        });
        app.MapMethods("/own-read-only", ["GET", "POST"], async (WritableDataSource source) =>
        {
            _runs++;
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("begin read only; create table t ()", connection);
            await command.ExecuteNonQueryAsync();
        });
        app.MapGet("/own-error", async (WritableDataSource source) =>
        {
            _runs++;
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("select 1/0", connection);
            await command.ExecuteNonQueryAsync();
        });
        app.MapGet("/streamed", async (HttpResponse response) =>
        {
            _runs++;
            await response.WriteAsync("begun");
            await LoseAsync();
        });
        app.MapGet("/unflushed", async (HttpResponse response) =>
        {
            _runs++;
            response.BodyWriter.GetSpan(3);
            response.BodyWriter.Advance(3);
            await LoseAsync();
        });
    }, services: all =>
    {
        all.AddScoped<Scoped>();
        services?.Invoke(all);
    });

    /// <summary>57P01, as every backend of a server that shuts down answers.</summary>
    async Task LoseAsync()
    {
        await using var raw = NpgsqlDataSource.Create(_server.ConnectionString(c => c.Pooling = false));
        await raw.CreateCommand("select pg_terminate_backend(pg_backend_pid())").ExecuteNonQueryAsync();
    }

    static async Task KillOwnBackendAsync(WritableDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select pg_terminate_backend(pg_backend_pid())", connection);
        await command.ExecuteNonQueryAsync();
    }

    async Task CommitUnansweredAsync()
    {
        _runs++;
        await using var link = new FaultyLink(_server);
        link.FailOnceAt("readonlyguard_commit", Fault.CutAfter);
        await using var source = WritableDataSource.Create(link.ConnectionString());
        await source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var command = new NpgsqlCommand("create table if not exists t ()", connection);
            await command.ExecuteNonQueryAsync(token);
        });
    }

    sealed class Scoped
    {
        public bool Used { get; set; }
    }
}
