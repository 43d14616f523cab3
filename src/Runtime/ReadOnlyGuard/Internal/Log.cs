using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.Internal;

/// <summary>Everything the guard logs. An event id keeps its meaning for ever.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "No writable server is known any more ({Reason}): searching all hosts")]
    public static partial void PrimaryLost(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Host}:{Port} is the primary, found in {Milliseconds} ms")]
    public static partial void PrimaryFound(ILogger logger, string host, int port, long milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "Cleared the pool of {Host}:{Port}: {Answer}")]
    public static partial void PoolCleared(ILogger logger, string host, int port, ServerAnswer answer);

    [LoggerMessage(4, LogLevel.Information,
        "{Host}:{Port} does not tell its system identifier or timeline (SQLSTATE {SqlState}): primaries that were replaced but not fenced cannot be recognised")]
    public static partial void FencingOff(ILogger logger, string host, int port, string sqlState);

    [LoggerMessage(5, LogLevel.Warning,
        "The cluster was replaced: system identifier {Now} instead of {Before}. Expected after a restore, an upgrade or a blue/green switch")]
    public static partial void ClusterReplaced(ILogger logger, long before, long now);

    [LoggerMessage(6, LogLevel.Error,
        "{Host}:{Port} is a primary on timeline {Timeline}, but timeline {Highest} was seen: it was replaced and not fenced. It is refused. After a deliberate point-in-time recovery, WritableDataSource.Clear() forgets what was seen")]
    public static partial void StalePrimary(ILogger logger, string host, int port, uint timeline, uint highest);

    [LoggerMessage(7, LogLevel.Warning, "The write check of {Host}:{Port} did not end within {Milliseconds} ms and was abandoned")]
    public static partial void CheckAbandoned(ILogger logger, string host, int port, long milliseconds);

    [LoggerMessage(9, LogLevel.Information, "A transaction is run again, run {Run} of at most {MaxAttempts}; nothing was committed: {Reason}")]
    public static partial void RunAgain(ILogger logger, int run, int maxAttempts, string reason);

    [LoggerMessage(10, LogLevel.Warning, "Cleared a watched pool: it leads to a hot standby")]
    public static partial void WatchedPoolCleared(ILogger logger);

    [LoggerMessage(12, LogLevel.Warning,
        "{Host}:{Port} was promoted (timeline {Timeline}) while {OldHost}:{OldPort} was taken for the primary: that one is not used any more, whether it still accepts writes or not")]
    public static partial void Promoted(ILogger logger, string host, int port, uint? timeline, string oldHost, int oldPort);

    [LoggerMessage(13, LogLevel.Information, "{Host}:{Port} tells its system identifier and timeline: primaries that were replaced but not fenced are recognised again")]
    public static partial void FencingOn(ILogger logger, string host, int port);

    [LoggerMessage(14, LogLevel.Warning,
        "{Host}:{Port} belongs to another cluster (system identifier {Cluster}) than {UsedHost}:{UsedPort} (system identifier {Used}), which is in use. Nothing is written to it while a server of the cluster in use answers. Remove one of the two from Host")]
    public static partial void OtherCluster(ILogger logger, string host, int port, long cluster, string usedHost, int usedPort, long used);

    [LoggerMessage(11, LogLevel.Information, "A watched pool leads to a primary again, after {Milliseconds} ms")]
    public static partial void PoolRecovered(ILogger logger, long milliseconds);
}
