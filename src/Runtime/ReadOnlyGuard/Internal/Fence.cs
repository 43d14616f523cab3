using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Remembers the newest timeline of the cluster, so that a primary which a promotion has replaced is recognised although it still
/// accepts writes. Two promotions of one parent share a number and cannot be told apart.
/// </summary>
sealed class Fence(ILogger logger)
{
    readonly object _gate = new();
    long? _systemIdentifier;
    uint _highest;
    int _promotions;
    (Endpoint, uint)? _logged;

    /// <summary>
    /// Raised when another cluster or a newer timeline takes the place of the one that was known, after <see cref="Promotions"/> has risen: on
    /// the thread that learnt it.
    /// </summary>
    public event Action? Advanced;

    /// <summary>Rises when a higher timeline is seen: every connection checked before is then under suspicion.</summary>
    public int Promotions => Volatile.Read(ref _promotions);

    /// <summary>The cluster that is known; <see langword="null"/> before the first check and where its servers do not tell.</summary>
    public long? SystemIdentifier
    {
        get
        {
            lock (_gate)
                return _systemIdentifier;
        }
    }

    /// <summary>Whether a primary with this identity and timeline is the newest one known, and remembers it if so.</summary>
    /// <param name="isUsed">
    /// Whether it is the one that connections are rented of. One that is only asked does not replace another cluster in memory.
    /// </param>
    public bool Admits(Endpoint endpoint, long systemIdentifier, uint timeline, bool isUsed = true)
    {
        lock (_gate)
        {
            if (_systemIdentifier == systemIdentifier && timeline == _highest)
                return true;
            if (_systemIdentifier == systemIdentifier && timeline < _highest)
            {
                LogOnce(endpoint, timeline);
                return false;
            }
            var before = _systemIdentifier;
            if (before is not null && before != systemIdentifier)
            {
                if (!isUsed)
                    return true;
                Log.ClusterReplaced(logger, before.Value, systemIdentifier);
            }
            (_systemIdentifier, _highest) = (systemIdentifier, timeline);
            if (before is null)
                return true;
            Volatile.Write(ref _promotions, _promotions + 1);
        }
        Advanced?.Invoke();
        return true;
    }

    /// <summary>Whether a primary with this identity is of the cluster that is known, and none with a newer timeline has been seen.</summary>
    public bool IsNewest(long systemIdentifier, uint timeline)
    {
        lock (_gate)
            return _systemIdentifier == systemIdentifier && timeline >= _highest;
    }

    public void Forget()
    {
        lock (_gate)
            (_systemIdentifier, _highest, _logged) = (null, 0, null);
    }

    // A search asks many times a second; the answer is news once.
    void LogOnce(Endpoint endpoint, uint timeline)
    {
        if (_logged == (endpoint, timeline))
            return;
        _logged = (endpoint, timeline);
        Log.StalePrimary(logger, endpoint.Host, endpoint.Port, timeline, _highest);
    }
}
