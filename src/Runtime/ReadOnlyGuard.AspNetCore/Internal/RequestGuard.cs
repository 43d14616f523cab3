using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// Runs a request; when it fails for want of a writable server, runs it again if that does no harm, else answers that it is unavailable.
/// </summary>
sealed class RequestGuard(RequestDelegate next, IOptions<RequestGuardOptions> options, IServiceScopeFactory scopes, ILogger<RequestGuard> logger)
{
    readonly RequestGuardOptions _options = options.Value;

    public async Task InvokeAsync(HttpContext context)
    {
        var sources = new RequestSources(_options.Sources(context.RequestServices));
        var request = new RepeatableRequest(context, scopes, _options.MaxKeptBody);
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
                Log.RunAgain(logger, context.Request.Method, run + 1, _options.MaxRuns, failure);
                request.BeginAgain();
                continue;
            }

            // What was lost on the way may have been done: only of an idempotent request can be said that it is worth another try.
            if (failure == Failure.Lost && !request.IsIdempotent || context.RequestAborted.IsCancellationRequested)
                thrown.Throw();

            Log.Refused(logger, context.Request.Method, failure);
            request.ForgetResponse();
            await Unavailable.AnswerAsync(context, _options.RetryAfter).ConfigureAwait(false);
            return;
        }
    }

    static bool IsConcerned(HttpContext context, Failure failure)
        => failure != Failure.Other && !context.RequestAborted.IsCancellationRequested && !HasBegunToAnswer(context.Response);

    // What is written and not yet sent cannot be taken back either.
    static bool HasBegunToAnswer(HttpResponse response)
        => response.HasStarted || !response.BodyWriter.CanGetUnflushedBytes || response.BodyWriter.UnflushedBytes > 0;
}
