using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>The answers to a request for which there is no writable server. They name no server and no SQL.</summary>
sealed record Unavailable
{
    /// <summary>To an idempotent request: it does no harm to come again.</summary>
    static readonly Unavailable TryAgain = new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Type = "https://www.rfc-editor.org/rfc/rfc9110#name-503-service-unavailable",
        Title = "Service Unavailable",
        Detail = "The database accepts no writes at the moment. Try again later.",
    };

    /// <summary>
    /// To every other: nobody knows what it did before the database failed it. Not 503, which clients and proxies take for "was not begun".
    /// </summary>
    static readonly Unavailable PerhapsPartlyDone = new()
    {
        Status = StatusCodes.Status500InternalServerError,
        Type = "https://github.com/readonlyguard/readonlyguard/blob/main/docs/aspnetcore.md#perhaps-partly-done",
        Title = "Perhaps Partly Done",
        Detail = "The database accepts no writes at the moment. A part of the request may be done: find out before you repeat it.",
    };

    public required int Status { get; init; }
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required string Detail { get; init; }

    /// <returns>The status, and what the client is told to wait; <see langword="null"/> where it is not told to come again.</returns>
    public static async Task<(int Status, int? RetryAfter)> AnswerAsync(HttpContext context, bool isIdempotent, TimeSpan retryAfter)
    {
        var answer = isIdempotent ? TryAgain : PerhapsPartlyDone;
        int? seconds = isIdempotent ? WithJitter(retryAfter) : null;
        await answer.WriteAsync(context, seconds).ConfigureAwait(false);
        return (answer.Status, seconds);
    }

    /// <summary>At most half as long again, so that those who were refused together do not come back together.</summary>
    static int WithJitter(TimeSpan retryAfter)
    {
        var seconds = (int)Math.Min(Math.Ceiling(retryAfter.TotalSeconds), int.MaxValue / 2);
        return seconds + Random.Shared.Next((seconds + 1) / 2 + 1);
    }

    async Task WriteAsync(HttpContext context, int? retryAfter)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.RetryAfter = retryAfter?.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        // As the application writes its other problems, where it has said how.
        if (context.RequestServices.GetService<IProblemDetailsService>() is { } problems && await problems.TryWriteAsync(new()
            {
                HttpContext = context,
                ProblemDetails = { Type = Type, Title = Title, Status = Status, Detail = Detail },
            }).ConfigureAwait(false))
            return;
        response.ContentType = "application/problem+json";
        await response.WriteAsync($$"""{"type":"{{Type}}","title":"{{Title}}","status":{{Status}},"detail":"{{Detail}}"}""", context.RequestAborted).ConfigureAwait(false);
    }
}
