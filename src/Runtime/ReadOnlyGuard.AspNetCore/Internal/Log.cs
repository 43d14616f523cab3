using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>What the request guard logs. An event id keeps its meaning for ever.</summary>
static partial class Log
{
    [LoggerMessage(20, LogLevel.Information, "{Method} {Route} is run again ({Run} of {MaxRuns}), as it is idempotent: {Reason}")]
    public static partial void RunAgain(ILogger logger, string method, string route, int run, int maxRuns, string reason);

    [LoggerMessage(21, LogLevel.Warning, "{Method} {Route} was answered {Status}, Retry-After {RetryAfter} s: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string route, int status, int retryAfter, string reason);

    [LoggerMessage(22, LogLevel.Warning,
        "{Method} {Route} was answered {Status}, and not told to come again, since a part of it may be done: {Reason}. If a request to this endpoint may be repeated, mark it Idempotent(): then it waits for a writable server and is run again")]
    public static partial void PerhapsPartlyDone(ILogger logger, string method, string route, int status, string reason);

    [LoggerMessage(23, LogLevel.Warning, "Requests such as {Method} {Route} are run once, although they are idempotent: {Obstacle}")]
    public static partial void RunOnce(ILogger logger, string method, string route, string obstacle);
}
