using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Checks;

/// <summary>
/// Remembers the cluster in use and its newest timeline, so that a primary which a promotion has replaced is recognised although it still
/// accepts writes, and one of another cluster among the hosts is not taken for a successor. Two promotions of one parent share a number
/// and cannot be told apart.
/// </summary>
sealed class Fence(ILogger logger)
{
    readonly object _gate = new();
    (long SystemIdentifier, Endpoint Endpoint)? _used;
    uint _highest;
    int _promotions, _clusters;
    (Endpoint, uint)? _logged;
    readonly HashSet<(Endpoint, long)> _loggedOthers = [];

    /// <summary>
    /// Raised when another cluster or a newer timeline takes the place of the one that was known, after <see cref="Promotions"/> has risen:
    /// on the thread that learnt it.
    /// </summary>
    public event Action? Advanced;

    /// <summary>Rises when a higher timeline is seen: every connection checked before is then under suspicion.</summary>
    public int Promotions => Volatile.Read(ref _promotions);

    /// <summary>Rises when another cluster takes the place of the one in use: what was learnt of that one's types is wrong.</summary>
    public int Clusters => Volatile.Read(ref _clusters);

    /// <summary>The cluster in use; <see langword="null"/> before a server of it is used, and where its servers do not tell.</summary>
    public long? SystemIdentifier
    {
        get
        {
            lock (_gate)
                return _used?.SystemIdentifier;
        }
    }

    /// <summary>
    /// Judges a writable primary by its identity and timeline, and remembers it where it is the newest of the cluster in use.
    /// </summary>
    /// <param name="isUsed">
    /// Whether it is the one that connections are rented of: then its cluster is the one in use from now on. One that is only asked
    /// replaces nothing but an older timeline.
    /// </param>
    public ServerRole Admit(Endpoint endpoint, long systemIdentifier, uint timeline, bool isUsed = true)
    {
        lock (_gate)
        {
            if (_used is not { } used)
            {
                if (isUsed)
                    (_used, _highest) = ((systemIdentifier, endpoint), timeline);
                return ServerRole.Primary;
            }
            if (used.SystemIdentifier == systemIdentifier)
            {
                if (timeline == _highest)
                    return ServerRole.Primary;
                if (timeline < _highest)
                {
                    LogOnce(endpoint, timeline);
                    return ServerRole.StalePrimary;
                }
            }
            else if (!isUsed)
            {
                LogOther(endpoint, systemIdentifier, used);
                return ServerRole.OtherCluster;
            }
            else
            {
                Log.ClusterReplaced(logger, used.SystemIdentifier, systemIdentifier);
                _loggedOthers.Clear();
                Volatile.Write(ref _clusters, _clusters + 1);
            }
            (_used, _highest) = ((systemIdentifier, endpoint), timeline);
            Volatile.Write(ref _promotions, _promotions + 1);
        }
        Advanced?.Invoke();
        return ServerRole.Primary;
    }

    public void Forget()
    {
        lock (_gate)
        {
            (_used, _highest, _logged) = (null, 0, null);
            _loggedOthers.Clear();
        }
    }

    // A search asks many times a second; the answer is news once.
    void LogOnce(Endpoint endpoint, uint timeline)
    {
        if (_logged == (endpoint, timeline))
            return;
        _logged = (endpoint, timeline);
        Log.StalePrimary(logger, endpoint.Host, endpoint.Port, timeline, _highest);
    }

    void LogOther(Endpoint endpoint, long systemIdentifier, (long SystemIdentifier, Endpoint Endpoint) used)
    {
        if (_loggedOthers.Add((endpoint, systemIdentifier)))
            Log.OtherCluster(
                logger, endpoint.Host, endpoint.Port, systemIdentifier, used.Endpoint.Host, used.Endpoint.Port, used.SystemIdentifier);
    }
}
