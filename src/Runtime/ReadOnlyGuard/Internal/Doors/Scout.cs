using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// With several hosts: opens one connection before those who waited go on, so that Npgsql knows again which host is which and not each of
/// them has to find out; and keeps one, to have its server passed by when another is the primary.
/// </summary>
sealed class Scout(NpgsqlDataSource source, OpenMode mode, PrimaryTracker tracker, TimeSpan timeout) : IDisposable
{
    readonly object _gate = new();
    NpgsqlConnection? _kept;
    Server? _keptOf;
    bool _disposed;

    /// <summary>Whether the kept connection leads to another server than this one.</summary>
    public bool LeadsElsewhere(Server primary)
    {
        lock (_gate)
            return _keptOf is not null && _keptOf != primary;
    }

    /// <summary>From now on opens pass the kept connection's server by, until what is believed of the hosts is cleared.</summary>
    public void LeadPast()
    {
        lock (_gate)
        {
            if (_kept is not null)
                Poison.TakeHostOffline(_kept);
            (_kept, _keptOf) = (null, null);
        }
    }

    /// <summary>Leads the way to the primary. Where that takes too long, everybody finds the way alone.</summary>
    public void GoAhead(Server primary)
    {
        if (tracker.OnlyServer is not null)
            return;
        for (var hosts = tracker.Servers.Count; hosts > 0; hosts--)
            if (AbandonableWork.Run(
                ThreadName(primary), mode.IsAsync, async => ReachesAsync(primary, async), timeout, late: true, whenAbandoned: static _ => { }))
                return;
    }

    /// <returns><see langword="false"/> if it came to another server, which is passed by from now on.</returns>
    async ValueTask<bool> ReachesAsync(Server primary, bool async)
    {
        OwnTraffic.Begin();
        NpgsqlConnection? connection = null;
        try
        {
            var opened = connection = await OpenMode.OpenAsync(source, async).ConfigureAwait(false);
            var server = tracker.ServerOf(opened);
            var answer = await AbandonableWork.PartAsync(
                ThreadName(primary), async, () => server.Checker.Ask(opened, isUsed: server == primary)).ConfigureAwait(false);
            if (answer.Role != ServerRole.Primary)
            {
                Poison.TakeHostOffline(connection);
                return false;
            }
            if (server != primary || !Keep(connection, server))
                connection.Dispose();
        }
        catch (Exception)
        {
            connection?.Dispose();
        }
        return true;
    }

    static string ThreadName(Server primary) => "scout to " + primary.Endpoint.Host;

    bool Keep(NpgsqlConnection connection, Server server)
    {
        lock (_gate)
        {
            if (_disposed)
                return false;
            if (_kept is { State: System.Data.ConnectionState.Open } && _keptOf == server)
                return false;
            _kept?.Dispose();
            (_kept, _keptOf) = (connection, server);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _kept?.Dispose();
            _kept = null;
        }
    }
}
