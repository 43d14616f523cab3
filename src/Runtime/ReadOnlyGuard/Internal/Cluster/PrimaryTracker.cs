using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>Knows which server is the primary now, and when nobody knows, has it found once for everybody.</summary>
sealed class PrimaryTracker : IPeersOf, ISearchedFor
{
    readonly WritableDataSourceOptions _options;
    readonly ILogger _logger;
    readonly Clock _clock;
    readonly Peers _peers;
    readonly Outage _outage;
    readonly Searches _searches;
    readonly object _publishing = new();
    // Of the last: the primary that a search found replaced, and nobody has been told of yet.
    Primary? _primary, _last, _untold;

    // When the primary was lost: searches that give up and begin anew belong to one time without a primary.
    const long Known = -1;
    long _lostAt = Known;

    // Until a server was the primary, or after what was learnt is forgotten: then the order of the hosts decides between clusters.
    volatile bool _orderDecides = true;

    public PrimaryTracker(IReadOnlyList<Server> servers, Fence fence, WritableDataSourceOptions options, ILogger logger)
    {
        fence.Advanced += Moved;
        (Servers, _options, _logger, _clock) = (servers, options, logger, new Clock(options.TimeProvider));
        OnlyServer = servers.Count == 1 ? servers[0] : null;
        // With one endpoint there is nothing to find before the first doubt: a rent checks its connection anyway.
        if (OnlyServer is not null)
            _primary = _last = new Primary(OnlyServer);
        _peers = new Peers(this, options.PeerCheckInterval, new LookReports(logger));
        _outage = new Outage(logger, _clock, options.FailoverTimeout, servers);
        _searches = new Searches(servers, _clock, fence, options.CheckTimeout, this);
        foreach (var server in servers)
            server.AnsweredLate += Answered;
    }

    public IReadOnlyList<Server> Servers { get; }

    /// <summary>Raised when another server became the primary, or another one answers at the same address.</summary>
    public event Action<Server, Server, PrimaryChangeReason>? Replaced;

    /// <summary>The server of a source with one endpoint.</summary>
    public Server? OnlyServer { get; }

    /// <summary>The primary, or <see langword="null"/> when it must be found.</summary>
    public Primary? Primary => Volatile.Read(ref _primary);

    public Server? PrimaryServer => Primary?.Server;

    public bool IsDisposed => _searches.IsDisposed;

    /// <summary>
    /// The primary that nobody seems to have replaced, and the generation of its pool that a rent which begins now belongs to. Read so that
    /// the two fit: the clear that follows the loss of a primary begins a generation in which nobody takes it for the primary any more.
    /// </summary>
    /// <returns><see langword="false"/> when the primary must be found.</returns>
    public bool TryGetPrimary([NotNullWhen(true)] out Primary? primary, out int generation)
    {
        while ((primary = _peers.KeepWatched() ? Primary : null) is not null)
        {
            generation = primary.Server.Pool.Generation;
            if (Primary == primary)
                return true;
        }
        generation = 0;
        return false;
    }

    public Server ServerOf(NpgsqlConnection connection) => Servers.First(server => server.Owns(connection));

    public TimeProvider TimeProvider => _clock.TimeProvider;

    /// <summary>How many wait for the search that is under way.</summary>
    public int Waiting => _searches.Last?.Waiting ?? 0;

    /// <summary>Raised when the primary is lost or replaced, on the thread that found out: handlers are quick.</summary>
    public event Action? Doubted;

    /// <summary>Raised when a search has ended with a primary.</summary>
    public event Action? Found;

    /// <summary>What every host answered last: to the search that is under way, or before.</summary>
    public IReadOnlyList<ServerAnswer> Answers
    {
        get
        {
            var answers = _searches.Last?.Answers;
            return [.. Servers.Select((server, i) => answers?[i] is { } answer && answer != server.NotAnswered ? answer : _outage.LastAnswerOf(server))];
        }
    }

    /// <summary>How long no primary has been known, if it was lost.</summary>
    public TimeSpan? WithoutPrimary => Volatile.Read(ref _lostAt) is var lost && lost == Known ? null : _clock.Since(lost);

    /// <summary>For who wants an answer, not a connection.</summary>
    public Patience NoPatience() => new(_clock, TimeSpan.Zero, isOfRent: false);

    /// <summary>Tells of the times without a writable server.</summary>
    public Outage Outage => _outage;

    public Patience NewPatience() => new(_clock, _options.FailoverTimeout);

    /// <summary>A rent found out that this is the primary no longer. Whoever is late with the news changes nothing.</summary>
    public void Lost(Primary primary, ServerAnswer because)
    {
        if (Interlocked.CompareExchange(ref _primary, null, primary) != primary)
            return;
        Interlocked.CompareExchange(ref _lostAt, _clock.Milliseconds, Known);
        _outage.Began(primary.Server, because);
        Doubted?.Invoke();
    }

    /// <summary>
    /// A look found a primary on the newest timeline. Where that is newer than the primary's own, a promotion has made it the successor,
    /// whether the old one knows it or not.
    /// </summary>
    public void Promoted(Server server, ServerAnswer answer)
    {
        // Every connection is checked again, for the fence has seen it too. So a successor that is read-only makes them wait; it may be
        // that for a moment only: a transaction that began in recovery is read-only, and tells of a promotion that ended meanwhile.
        if (answer.Role != ServerRole.Primary || Primary is not { } before || before.Server == server || !(answer.Timeline > before.Server.Timeline))
            return;
        int generation;
        lock (_publishing)
        {
            if (Primary != before)
                return;
            // Read before: whoever finds the old one stale from now on clears it too.
            generation = before.Server.Pool.Generation;
            Become(new Primary(server, before));
        }
        var (host, port) = server.Endpoint;
        Log.Promoted(_logger, host, port, answer.Timeline, before.Server.Endpoint.Host, before.Server.Endpoint.Port);
        Replace(before, server, PrimaryChangeReason.Promoted, generation);
    }

    /// <summary>
    /// A server that did not answer in time, and was doubted for that, says that it can be written to: the search for the primary has its
    /// answer. Who rents the connection that it came through, or another one, checks it anyway.
    /// </summary>
    public void Answered(Server server, ServerAnswer answer)
    {
        var search = _searches.Last;
        if (answer.Role != ServerRole.Primary || Primary is not null)
            return;
        if (search is { HasEnded: false })
            search.Report(server, answer);
        else
            Announce(Publish(server, answer), TimeSpan.Zero);
    }

    /// <summary>Looks at the servers that are not the primary, for a promotion that the primary does not tell of.</summary>
    public Peers Peers => _peers;

    /// <summary>
    /// Something points to this server being down: its connections are checked again, and if it is the primary it is looked for.
    /// </summary>
    public void Suspect(Server server, ServerAnswer because)
    {
        server.Freshness.Suspect();
        if (Primary is { } primary && primary.Server == server)
            Lost(primary, because);
    }

    /// <summary>Waits for the one search that all rents share, if the primary is not known, and has the other servers looked at.</summary>
    /// <param name="anew">Search even if a primary is known: whether it still is one is the question.</param>
    /// <exception cref="NoWritableServerException">No server could be written to within the patience.</exception>
    public async ValueTask<Primary> FindAsync(Patience patience, bool async, CancellationToken cancellationToken, bool anew = false)
    {
        var found = anew ? null : Primary;
        if (found is null)
        {
            _outage.Waits(1);
            try
            {
                found = await _searches.FindAsync(patience, anew, async, cancellationToken).ConfigureAwait(false);
            }
            catch (NoWritableServerException) when (patience.IsOfRent)
            {
                _outage.GaveUp();
                throw;
            }
            finally
            {
                _outage.Waits(-1);
            }
        }
        await _peers.WatchAsync(async, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Searches although a primary may be known, on the calling thread, for a while.</summary>
    /// <exception cref="NoWritableServerException">None was found, yet; not transient if every host refuses for good.</exception>
    public Primary FindAnew()
    {
        var found = _searches.FindAsync(new(_clock, OneSearch, isOfRent: false), anew: true, async: false, CancellationToken.None).Completed();
        _peers.Watch();
        return found;
    }

    static readonly TimeSpan OneSearch = TimeSpan.FromSeconds(5);

    /// <summary>Asks every server once for the primary, if nobody knows it.</summary>
    public void SearchOnce()
    {
        try
        {
            _searches.FindAsync(NoPatience(), anew: false, async: false, CancellationToken.None).Completed();
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            // Whoever needs it will search until it is found.
        }
    }

    public Primary Publish(Server server, ServerAnswer answer)
    {
        server.Checker.Use(answer);
        lock (_publishing)
        {
            // A search that doubted the primary has found it again: nothing has changed.
            if (Primary is { } present && present.Server == server)
                return present;
            if (_last is { } before && before.Server != server)
                _untold = before;
            var primary = new Primary(server, _last);
            Become(primary);
            return primary;
        }
    }

    void Become(Primary primary)
    {
        _last = primary;
        _orderDecides = false;
        Volatile.Write(ref _primary, primary);
    }

    /// <summary>
    /// Behind one address another server answers: a newer timeline, or another cluster. Sessions that lead to the old one may live on,
    /// read-only or not fenced at all.
    /// </summary>
    void Moved()
    {
        if (OnlyServer is not { } server)
            return;
        Primary before;
        int generation;
        lock (_publishing)
        {
            before = _last!;
            generation = before.Generation;
            var primary = new Primary(server, before, goesOn: false);
            _last = primary;
            if (Primary is not null)
                Volatile.Write(ref _primary, primary);
        }
        Replace(before, server, PrimaryChangeReason.Moved, generation);
    }

    /// <summary>
    /// In this order: opens wait at every door, no pool has a session of the one before, and only then whoever waits for it, or asked to be
    /// told, goes on. What they open next must not lead there.
    /// </summary>
    /// <param name="clear">The generation whose sessions are cleared, unless whoever found it stale has done so.</param>
    void Replace(Primary before, Server server, PrimaryChangeReason reason, int? clear = null)
    {
        // What a search has found was lost before, and those who waited for it are on their way: not to be held back again.
        if (reason != PrimaryChangeReason.Found)
            Doubted?.Invoke();
        if (clear is { } generation)
            before.Server.Pool.ClearReplaced(generation);
        before.Replace();
        if (Replaced is { } replaced)
            ThreadPool.UnsafeQueueUserWorkItem(_ => replaced(before.Server, server, reason), null);
    }

    /// <summary>Cancelled when another server than this, which was the primary a moment ago, is the primary.</summary>
    public CancellationToken ReplacementOf(Server server)
    {
        lock (_publishing)
            return _last is null ? CancellationToken.None : _last.Server == server ? _last.Replaced : new(canceled: true);
    }

    public void Announce(Primary primary, TimeSpan searched)
    {
        if (Interlocked.Exchange(ref _untold, null) is { } before)
            Replace(before, primary.Server, PrimaryChangeReason.Found);
        var lost = Interlocked.Exchange(ref _lostAt, Known);
        if (primary.TryAnnounce())
        {
            var without = lost == Known ? searched : _clock.Since(lost);
            _outage.Ended(primary.Server, without);
            Telemetry.SearchDuration.Add(without.TotalSeconds);
        }
        Found?.Invoke();
    }

    public bool OrderDecides => _orderDecides;

    public void Asked(Server server, ServerAnswer answer, TimeSpan searched) => _outage.Asked(server, answer, searched);

    /// <summary>Forgets which server is the primary, where there is a choice.</summary>
    public void Forget()
    {
        if (OnlyServer is not null)
            return;
        _orderDecides = true;
        Volatile.Write(ref _primary, null);
    }

    /// <summary>Ends the looks and the search; rents that wait for it see the source disposed.</summary>
    public void Dispose()
    {
        _peers.Dispose();
        _searches.Dispose();
    }
}
