using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>What the request guard logs. An event id keeps its meaning for ever.</summary>
static partial class Log
{
    [LoggerMessage(20, LogLevel.Information, "A {Method} request is run again, run {Run} of at most {MaxRuns}: {Failure}")]
    public static partial void RunAgain(ILogger logger, string method, int run, int maxRuns, Failure failure);

    [LoggerMessage(21, LogLevel.Warning, "A {Method} request was answered with 503: {Failure}")]
    public static partial void Refused(ILogger logger, string method, Failure failure);
}
