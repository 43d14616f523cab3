using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// The answer in a chain of exception handlers, which stands nearer to the application than the request guard. It knows only what came
/// of the request: of a read-only error it cannot tell whose it is.
/// </summary>
sealed class UnavailableHandler(IOptions<RequestGuardOptions> options, ILogger<RequestGuard> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Failures.Of(exception) is not (Failure.NoWritableServer or Failure.Refused))
            return false;
        // The context's own is gone by then.
        var endpoint = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? httpContext.GetEndpoint();
        await Refusal.AnswerAsync(httpContext, endpoint, exception, null, options.Value, logger).ConfigureAwait(false);
        return true;
    }
}
