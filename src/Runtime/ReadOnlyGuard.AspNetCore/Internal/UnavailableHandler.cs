using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// The answer in a chain of exception handlers, which stands nearer to the application than the request guard. It knows only what came
/// of the request: of a read-only error it cannot tell whose it is.
/// </summary>
sealed class UnavailableHandler(IOptions<RequestGuardOptions> options, ILogger<RequestGuard> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var failure = Failures.Of(exception);
        if (failure is not (Failure.NoWritableServer or Failure.Refused))
            return false;
        Log.Refused(logger, httpContext.Request.Method, failure);
        await Unavailable.AnswerAsync(httpContext, options.Value.RetryAfter).ConfigureAwait(false);
        return true;
    }
}
