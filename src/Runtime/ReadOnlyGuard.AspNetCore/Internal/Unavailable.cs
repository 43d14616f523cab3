using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>The answer to a request for which there is no writable server. It names no server and no SQL.</summary>
static class Unavailable
{
    const string Type = "https://www.rfc-editor.org/rfc/rfc9110#name-503-service-unavailable";
    const string Title = "Service Unavailable";
    const string Detail = "The database accepts no writes at the moment. Try again later.";

    public static async Task AnswerAsync(HttpContext context, TimeSpan retryAfter)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        // As the application writes its other problems, where it has said how.
        if (context.RequestServices.GetService<IProblemDetailsService>() is { } problems && await problems.TryWriteAsync(new()
            {
                HttpContext = context,
                ProblemDetails = { Type = Type, Title = Title, Status = response.StatusCode, Detail = Detail },
            }).ConfigureAwait(false))
            return;
        response.ContentType = "application/problem+json";
        await response.WriteAsync($$"""{"type":"{{Type}}","title":"{{Title}}","status":503,"detail":"{{Detail}}"}""", context.RequestAborted).ConfigureAwait(false);
    }
}
