using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>The searches for the primary, one at a time: whoever needs the primary joins the one that is under way.</summary>
sealed class Searches(IReadOnlyList<Server> servers, Clock clock, Fence fence, TimeSpan checkTimeout, ISearchedFor searchedFor)
{
    readonly object _gate = new();
    Search? _search;
    volatile bool _disposed;

    public bool IsDisposed => _disposed;

    /// <summary>The one that is under way, or was last.</summary>
    public Search? Last
    {
        get
        {
            lock (_gate)
                return _search;
        }
    }

    /// <summary>Waits for a search to find the primary.</summary>
    /// <param name="anew">Search even if a primary is known: whether it still is one is the question.</param>
    /// <exception cref="NoWritableServerException">No server could be written to within the patience.</exception>
    public async ValueTask<Primary> FindAsync(Patience patience, bool anew, bool async, CancellationToken cancellationToken)
    {
        if (Join(anew) is not { } search)
            return searchedFor.Primary ?? await FindAsync(patience, anew: false, async, cancellationToken).ConfigureAwait(false);
        // The guard's own questions are no part of anybody's trace.
        var wait = patience.IsOfRent ? Telemetry.BeginWait(search.Span) : null;
        try
        {
            var oneRound = patience.IsNone;
            var timeout = oneRound ? checkTimeout : patience.Left;
            if (async)
                await search.WaitAsync(timeout, oneRound, cancellationToken).ConfigureAwait(false);
            else
                search.Wait(timeout, oneRound);

            SourceDisposed.ThrowIf(_disposed);
            return search.Found ?? throw new NoWritableServerException(patience.Waited, search.Answers, mayPass: !search.IsHopeless);
        }
        finally
        {
            search.Leave();
            Telemetry.End(wait);
        }
    }

    /// <summary>The search that is under way, or a new one; <see langword="null"/> if the primary was found meanwhile.</summary>
    Search? Join(bool anew)
    {
        lock (_gate)
        {
            SourceDisposed.ThrowIf(_disposed);
            if (searchedFor.Primary is not null && !anew)
                return null;
            if (_search is { } running && running.TryJoin())
                return running;

            var search = new Search(servers, clock, fence, searchedFor);
            search.TryJoin();
            try
            {
                search.Begin();
            }
            catch
            {
                // Without its threads nobody would ever end it.
                search.End();
                throw;
            }
            _search = search;
            Telemetry.Searches.Add(1);
            return search;
        }
    }

    /// <summary>Ends the search; whoever waits for it sees the source disposed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _search?.End();
        }
    }
}

/// <summary>For whom the primary is searched.</summary>
interface ISearchedFor
{
    /// <summary>The primary; <see langword="null"/> while it is not known.</summary>
    Primary? Primary { get; }

    /// <summary>Whether the order of the hosts decides between clusters: no server is known to have been the primary before.</summary>
    bool OrderDecides { get; }

    /// <summary>How long there has been no primary, over searches that gave up.</summary>
    TimeSpan? WithoutPrimary { get; }

    /// <summary>A server is the primary from now on. Called before anybody who waits for it goes on.</summary>
    Primary Publish(Server server, ServerAnswer answer);

    /// <summary>It was found, after so long a search. Called when those who waited for it are on their way.</summary>
    void Announce(Primary primary, TimeSpan searched);

    /// <summary>A server was asked, and is not the primary.</summary>
    void Asked(Server server, ServerAnswer answer, TimeSpan searched);
}
