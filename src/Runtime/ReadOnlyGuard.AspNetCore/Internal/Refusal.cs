using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;
using Endpoint = Microsoft.AspNetCore.Http.Endpoint;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>Answers a request for which there is no writable server, and tells of it.</summary>
static class Refusal
{
    public static async Task AnswerAsync(
        HttpContext context, Endpoint? endpoint, Exception exception, string? servers, RequestGuardOptions options, ILogger logger)
    {
        var reason = Reason(exception, servers);
        var isIdempotent = Idempotency.Of(context, endpoint);
        var (status, retryAfter) = await Unavailable.AnswerAsync(context, isIdempotent, options.RetryAfter).ConfigureAwait(false);
        if (retryAfter is { } seconds)
            Log.Refused(logger, context.Request.Method, Route(context, endpoint), status, seconds, reason);
        else
            Log.PerhapsPartlyDone(logger, context.Request.Method, Route(context, endpoint), status, reason);
        Telemetry.Requests.Add(1, new() { { "outcome", isIdempotent ? "unavailable" : "perhaps_partly_done" } });
    }

    /// <summary>The endpoint's pattern; where there is none the path, escaped, as a client may write anything.</summary>
    public static string Route(HttpContext context, Endpoint? endpoint)
        => (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.ToUriComponent();

    /// <param name="exception">What the request ended in.</param>
    /// <param name="servers">The primaries when it began, where they were known.</param>
    public static string Reason(Exception exception, string? servers)
    {
        var at = servers is null ? "" : " " + servers;
        return Failures.Of(exception) switch
        {
            Failure.NoWritableServer when Failures.First<NoWritableServerException>(exception) is { } told => told.Message.TrimEnd('.'),
            Failure.NoWritableServer => "no server could be written to for as long as a connection waits",
            Failure.Refused => Failures.First<ReadOnlyServerException>(exception)!.Answer.ToString(),
            Failure.ReadOnly => $"the server{at} is read-only (25006)",
            Failure.GoingAway => $"the server{at} is shutting down or starting ({Failures.First<PostgresException>(exception)?.SqlState})",
            _ => $"a connection to the server{at} broke",
        };
    }
}
