using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>
/// Says, once for each server, that it cannot be looked at, and when it can again: without looks nobody learns of its promotion.
/// </summary>
sealed class LookReports(ILogger logger)
{
    // A server that is started again is away for a look or two.
    const int Tolerated = 2;

    readonly Dictionary<Server, int> _failures = [];

    public void Failed(Server server, Exception error)
    {
        lock (_failures)
        {
            _failures[server] = _failures.GetValueOrDefault(server) + 1;
            if (_failures[server] == Tolerated + 1)
                Log.LooksFail(logger, server.Endpoint.Host, server.Endpoint.Port, Reason.Of(error));
        }
    }

    public void Succeeded(Server server)
    {
        lock (_failures)
            if (_failures.Remove(server, out var failures) && failures > Tolerated)
                Log.LooksSucceed(logger, server.Endpoint.Host, server.Endpoint.Port);
    }
}
