using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>Everything the guard logs. An event id keeps its meaning for ever.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "No writable server is known any more: {Answer}. Asking {Hosts}; rents wait for up to {Seconds} s")]
    public static partial void PrimaryLost(ILogger logger, ServerAnswer answer, string hosts, double seconds);

    [LoggerMessage(2, LogLevel.Information,
        "Writable after {Seconds:0.0} s: {Host}:{Port}{Details}. At most {Waited} rents waited at once, {GaveUp} gave up")]
    public static partial void PrimaryFound(ILogger logger, double seconds, string host, int port, string details, int waited, int gaveUp);

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

    [LoggerMessage(7, LogLevel.Warning, "The write check of {Host}:{Port} did not end within {Milliseconds} ms: the primary is searched for, and an answer that comes later still counts")]
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

    [LoggerMessage(30, LogLevel.Warning, "Still no writable server after {Seconds:0} s: {Answers}. {Waiting} rents wait, {GaveUp} gave up")]
    public static partial void StillSearching(ILogger logger, double seconds, string answers, int waiting, int gaveUp);

    [LoggerMessage(31, LogLevel.Warning,
        "{Host}:{Port} cannot be looked at ({Reason}): a promotion there would not be noticed, and a primary that it replaced would be written to. Correct Host if it is misspelt; take it out if the server is gone for good")]
    public static partial void LooksFail(ILogger logger, string host, int port, string reason);

    [LoggerMessage(32, LogLevel.Information, "{Host}:{Port} can be looked at again: a promotion there will be noticed")]
    public static partial void LooksSucceed(ILogger logger, string host, int port);

    [LoggerMessage(33, LogLevel.Debug, "{Host}:{Port} is the primary as before, although there was a doubt: {Doubt}")]
    public static partial void FalseAlarm(ILogger logger, string host, int port, ServerAnswer doubt);
}
