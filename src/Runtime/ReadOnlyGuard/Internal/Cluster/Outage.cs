using System.Globalization;
using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>
/// Tells of each time without a writable server: when it began and why, every ten seconds how it stands, and how it ended. A connection
/// that broke is no news by itself: its caller may have cancelled what ran on it. It is once its server is asked and cannot be written to.
/// </summary>
sealed class Outage(ILogger logger, Clock clock, TimeSpan patience, IReadOnlyList<Server> servers)
{
    const long ToldEvery = 10_000;

    // For the story alone: rents come and go without it.
    readonly object _gate = new();
    readonly Dictionary<Server, ServerAnswer> _answers = [];
    ServerAnswer? _doubt;
    Server? _doubted, _primary;
    long? _began;
    long _tellAt;
    bool _told;
    int _waiting, _mostWaiting, _gaveUp;

    /// <summary>The primary is doubted.</summary>
    public void Began(Server primary, ServerAnswer because)
    {
        lock (_gate)
        {
            Begin(clock.Milliseconds);
            (_doubted, _doubt) = (primary, because);
            if (because.Role != ServerRole.Unknown)
                TellOnce(because);
        }
    }

    /// <summary>A server was asked, and is not the primary.</summary>
    public void Asked(Server server, ServerAnswer answer, TimeSpan searched)
    {
        lock (_gate)
        {
            Begin(clock.Milliseconds - (long)searched.TotalMilliseconds);
            _answers[server] = answer;
            if (server == _doubted)
                TellOnce(answer);
            if (clock.Milliseconds < _tellAt)
                return;
            _tellAt = clock.Milliseconds + ToldEvery;
            Log.StillSearching(
                logger, clock.Since(_began!.Value).TotalSeconds, string.Join("; ", servers.Select(AnswerOf)), Volatile.Read(ref _waiting), Volatile.Read(ref _gaveUp));
        }
    }

    /// <summary>So many more rents wait.</summary>
    public void Waits(int more)
    {
        Telemetry.RentsWaiting.Add(more);
        var waiting = Interlocked.Add(ref _waiting, more);
        for (var most = Volatile.Read(ref _mostWaiting); waiting > most; most = Volatile.Read(ref _mostWaiting))
            Interlocked.CompareExchange(ref _mostWaiting, waiting, most);
    }

    /// <summary>One waited in vain.</summary>
    public void GaveUp()
    {
        Interlocked.Increment(ref _gaveUp);
        Telemetry.RentsFailed.Add(1);
    }

    /// <summary>There is a primary.</summary>
    public void Ended(Server primary, TimeSpan without)
    {
        lock (_gate)
        {
            var (host, port) = primary.Endpoint;
            if (_doubt is { } doubt && !_told && primary == _doubted)
                Log.FalseAlarm(logger, host, port, doubt);
            else
            {
                if (_doubt is not null)
                    TellOnce(AnswerOf(_doubted!) is { Error: not null } answer ? answer : _doubt);
                Log.PrimaryFound(
                    logger, without.TotalSeconds, host, port, DetailsOf(primary), Volatile.Read(ref _mostWaiting), Interlocked.Exchange(ref _gaveUp, 0));
            }
            (_primary, _doubted, _doubt, _began, _told) = (primary, null, null, null, false);
            _answers.Clear();
            Volatile.Write(ref _mostWaiting, Volatile.Read(ref _waiting));
        }
    }

    /// <summary>What it said last, since there was a primary.</summary>
    public ServerAnswer LastAnswerOf(Server server)
    {
        lock (_gate)
            return AnswerOf(server);
    }

    void Begin(long at)
    {
        if (_began is not null)
            return;
        _began = at;
        _tellAt = at + ToldEvery;
    }

    void TellOnce(ServerAnswer because)
    {
        _answers[_doubted!] = because;
        if (_told)
            return;
        _told = true;
        Log.PrimaryLost(logger, because, string.Join(", ", servers.Select(server => server.Endpoint.AsHost())), patience.TotalSeconds);
    }

    ServerAnswer AnswerOf(Server server) => _answers.GetValueOrDefault(server) ?? server.NotAnswered;

    string DetailsOf(Server primary)
    {
        var on = primary.Timeline is { } timeline ? string.Create(CultureInfo.InvariantCulture, $" (timeline {timeline})") : "";
        var before = _doubted ?? _primary;
        return before is not null && before != primary ? $"{on}, before {before.Endpoint.AsHost()}"
            : AnswerOf(primary).Role == ServerRole.ReadOnlyPrimary ? on + ", read-only until now" : on;
    }
}
