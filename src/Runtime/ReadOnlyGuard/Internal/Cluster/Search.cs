using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Cluster;

/// <summary>
/// One search for the primary, on all hosts at once, that every waiting rent shares. The first server that can be written to wins.
/// It ends when it has found one, when nobody waits any more, when every host refused for good, or with the source.
/// </summary>
sealed class Search(IReadOnlyList<Server> servers, Clock clock, Fence fence, ISearchedFor searchedFor)
{
    readonly object _gate = new();
    readonly long _began = clock.Milliseconds;
    readonly bool _orderDecides = searchedFor.OrderDecides;
    readonly ServerAnswer?[] _answers = new ServerAnswer?[servers.Count];
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _allAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _waiting;

    /// <summary>Its span, where somebody listens.</summary>
    public Activity? Span { get; } = Telemetry.BeginSearch();

    public Primary? Found { get; private set; }

    public bool IsHopeless { get; private set; }

    public bool HasEnded => _ended.Task.IsCompleted;

    public TimeSpan Elapsed => clock.Since(_began);

    /// <summary>Every host's last answer, in the order of the connection string.</summary>
    public IReadOnlyList<ServerAnswer> Answers
    {
        get
        {
            lock (_gate)
                return servers.Select((server, i) => _answers[i] ?? server.NotAnswered).ToArray();
        }
    }

    public void Begin()
    {
        for (var i = 0; i < servers.Count; i++)
            servers[i].Probe.LookFor(new Inquiry(this, i));
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
                return HasEnded ? 0 : _waiting;
        }
    }

    /// <summary>Counts one more rent in, unless the search has ended.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (HasEnded)
                return false;
            _waiting++;
            return true;
        }
    }

    /// <summary>A rent has what it wanted or gave up. The search ends with the last one.</summary>
    public void Leave()
    {
        var last = false;
        lock (_gate)
            last = --_waiting == 0 && TryEnd();
        if (last)
            EndSpan();
    }

    /// <summary>An answer that came in another way than through the server's probe.</summary>
    public void Report(Server from, ServerAnswer answer)
    {
        for (var i = 0; i < servers.Count; i++)
            if (servers[i] == from)
                Report(i, answer);
    }

    void Report(int from, ServerAnswer answer)
    {
        var ended = false;
        lock (_gate)
        {
            if (HasEnded)
                return;
            _answers[from] = answer;
            if (Choice() is { } chosen)
            {
                // Published before anybody wakes up.
                Found = searchedFor.Publish(servers[chosen], _answers[chosen]!);
                ended = TryEnd();
            }
            else if (HaveAllAnswered)
            {
                IsHopeless = Array.TrueForAll(_answers, a => a is { Role: ServerRole.Unknown, Error: { } error } && !Failures.MayPass(error));
                if (IsHopeless)
                    ended = TryEnd();
                _allAsked.TrySetResult();
                Monitor.PulseAll(_gate);
            }
        }
        if (ended)
            EndSpan();
        if (Found is { } primary)
            searchedFor.Announce(primary, Elapsed);
        else
            searchedFor.Asked(servers[from], answer, Elapsed);
    }

    bool HaveAllAnswered => Array.TrueForAll(_answers, answer => answer is not null);

    /// <summary>Which of the servers is the primary, as far as their answers tell.</summary>
    int? Choice()
    {
        var first = Array.FindIndex(_answers, answer => answer?.Role == ServerRole.Primary);
        // The order of the hosts decides which cluster is used. An earlier one that does not answer is waited for once, for CheckTimeout.
        if (first >= 0)
            return !_orderDecides || Array.TrueForAll(_answers[..first], answer => answer is not null) ? first : null;
        var other = Array.FindIndex(_answers, answer => answer?.Role == ServerRole.OtherCluster);
        var isClusterInUseGone = other >= 0 && HaveAllAnswered && !Array.Exists(_answers, answer => MayBeOfClusterInUse(answer!));
        return isClusterInUseGone && (searchedFor.WithoutPrimary ?? Elapsed) >= ClusterInUse ? other : null;
    }

    /// <summary>For how long no server of the cluster in use may answer before that of another one is used: it may be restarting.</summary>
    static readonly TimeSpan ClusterInUse = TimeSpan.FromSeconds(5);

    bool MayBeOfClusterInUse(ServerAnswer answer) => answer switch
    {
        { SystemIdentifier: { } cluster } => cluster == fence.SystemIdentifier,
        // It is there, but refuses: starting up, shutting down, full.
        { Role: ServerRole.Unknown } => answer.Error is PostgresException,
        _ => true,
    };

    public void End()
    {
        if (TryEnd())
            EndSpan();
    }

    bool TryEnd()
    {
        lock (_gate)
        {
            if (!_ended.TrySetResult())
                return false;
            _allAsked.TrySetResult();
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    // Listeners' code runs here, and not inside the lock.
    void EndSpan() => Telemetry.EndSearch(Span, Found?.Server.Endpoint);

    /// <summary>Waits until the search ends, or, with <paramref name="oneRound"/>, until every host has been asked once.</summary>
    public async ValueTask WaitAsync(TimeSpan timeout, bool oneRound, CancellationToken cancellationToken)
    {
        try
        {
            await (oneRound ? _allAsked : _ended).Task.WaitAsync(timeout, clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    /// <summary>The same for a synchronous rent: woken by the searching thread itself, not through the thread pool.</summary>
    public void Wait(TimeSpan timeout, bool oneRound)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
            while (!(oneRound ? _allAsked : _ended).Task.IsCompleted && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
    }

    /// <summary>The search, as the probe of one server sees it.</summary>
    sealed class Inquiry(Search search, int server) : IInquiry
    {
        public bool HasEnded => search.HasEnded;

        public TimeSpan Elapsed => search.Elapsed;

        public void Report(ServerAnswer answer) => search.Report(server, answer);

        public async ValueTask PauseAsync(TimeSpan pause, bool async)
        {
            if (async)
                await search.WaitAsync(pause, oneRound: false, CancellationToken.None).ConfigureAwait(false);
            else
                search.Wait(pause, oneRound: false);
        }
    }
}
