using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// Runs a request; when it fails for want of a writable server, runs it again if that does no harm, else answers that it is unavailable.
/// </summary>
sealed class RequestGuard(
    RequestDelegate next, IOptions<RequestGuardOptions> options, IServiceScopeFactory scopes, IServiceProviderIsService registered, ILogger<RequestGuard> logger)
{
    readonly RequestGuardOptions _options = options.Value;
    readonly bool _hasSessions = registered.IsService(typeof(ISessionStore));
    int _toldOfObstacle;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = new RepeatableRequest(context, scopes, _options, _hasSessions);
        try
        {
            await RunAsync(context, request, new(_options.Sources(context.RequestServices))).ConfigureAwait(false);
        }
        finally
        {
            request.End();
        }
    }

    async Task RunAsync(HttpContext context, RepeatableRequest request, RequestSources sources)
    {
        if (request is { Obstacle: { } obstacle, IsIdempotent: true } && Interlocked.Exchange(ref _toldOfObstacle, 1) == 0)
            Log.RunOnce(logger, context.Request.Method, Refusal.Route(context, context.GetEndpoint()), obstacle);

        for (var run = 1; ; run++)
        {
            ExceptionDispatchInfo thrown;
            Failure failure;
            try
            {
                await next(context).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (IsConcerned(context, failure = Failures.Of(e)))
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }

            if (failure == Failure.ReadOnly && (run > 1 || !request.IsIdempotent) && await sources.WereWritableAsync(context.RequestAborted).ConfigureAwait(false))
                // The application's own READ ONLY transaction: an error of its own.
                thrown.Throw();

            // A rent has waited its time already.
            if (failure != Failure.NoWritableServer && run < _options.MaxRuns && request.CanRunAgain
                && await sources.AreWritableAsync(run, context.RequestAborted).ConfigureAwait(false))
            {
                Log.RunAgain(logger, context.Request.Method, Refusal.Route(context, context.GetEndpoint()), run + 1, _options.MaxRuns,
                    Refusal.Reason(thrown.SourceException, sources.Primaries));
                Telemetry.Requests.Add(1, new() { { "outcome", "run_again" } });
                await request.BeginAgainAsync().ConfigureAwait(false);
                continue;
            }

            // An error in the middle of what may be done is the application's to answer, as any other.
            if (failure is Failure.GoingAway or Failure.Broken && !request.IsIdempotent || context.RequestAborted.IsCancellationRequested)
                thrown.Throw();

            request.ForgetResponse();
            await Refusal.AnswerAsync(context, context.GetEndpoint(), thrown.SourceException, sources.Primaries, _options, logger).ConfigureAwait(false);
            return;
        }
    }

    static bool IsConcerned(HttpContext context, Failure failure)
        => failure is Failure.NoWritableServer or Failure.Refused or Failure.ReadOnly or Failure.GoingAway or Failure.Broken
            && !context.RequestAborted.IsCancellationRequested && !HasBegunToAnswer(context.Response);

    // What is written and not yet sent cannot be taken back either.
    static bool HasBegunToAnswer(HttpResponse response)
        => response.HasStarted || !response.BodyWriter.CanGetUnflushedBytes || response.BodyWriter.UnflushedBytes > 0;
}
