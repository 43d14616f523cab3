using System.Diagnostics;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// One search for the primary, on all hosts at once, that every waiting rent shares. The first server that can be written to wins.
/// It ends when it has found one, when nobody waits any more, when every host refused for good, or with the source.
/// </summary>
sealed class Search(IReadOnlyList<Server> servers, Clock clock, Func<Server, Primary> publish, Action<Primary, TimeSpan> announce, Action<Server, ServerAnswer, TimeSpan> refused)
{
    readonly object _gate = new();
    readonly long _began = clock.Milliseconds;
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
        foreach (var server in servers)
            server.Probe.LookFor(this);
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

    public void Report(IProbe from, ServerAnswer answer)
    {
        var ended = false;
        lock (_gate)
        {
            if (HasEnded)
                return;
            var index = IndexOf(from);
            _answers[index] = answer;
            if (answer.Role == ServerRole.Primary)
            {
                // Published before anybody wakes up.
                Found = publish(servers[index]);
                ended = TryEnd();
            }
            else if (Array.TrueForAll(_answers, a => a is not null))
            {
                IsHopeless = Array.TrueForAll(_answers, a => a is { Role: ServerRole.Unknown, Error: { } error } && !SqlStates.MayPass(error));
                if (IsHopeless)
                    ended = TryEnd();
                _allAsked.TrySetResult();
                Monitor.PulseAll(_gate);
            }
        }
        if (ended)
            EndSpan();
        if (Found is { } primary)
            announce(primary, Elapsed);
        else
            refused(servers[IndexOf(from)], answer, Elapsed);
    }

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

    public void WaitForEnd(TimeSpan timeout) => Wait(timeout, oneRound: false);

    int IndexOf(IProbe probe)
    {
        for (var i = 0; ; i++)
            if (servers[i].Probe == probe)
                return i;
    }
}
