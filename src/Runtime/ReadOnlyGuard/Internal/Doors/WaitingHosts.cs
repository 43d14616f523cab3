using Npgsql;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// The host list of the data source that waits: a room in front, the servers, a tripwire, and more rooms where one is too small for
/// five hundred opens, or a visit too short for the failover timeout. Knows in which order and how often Npgsql visits them, and so how
/// long each may keep a guest.
/// </summary>
/// <remarks>
/// Npgsql goes through its hosts twice in one open, and may stay at each for the whole <c>Timeout</c>. With GSS encryption preferred (the
/// default from Npgsql 10 on) it visits a host that answered with an error another time.
/// </remarks>
sealed class WaitingHosts
{
    const string GssMode = "GSS Encryption Mode";

    // Answered a little earlier, a guest does not meet its own timeout first.
    static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(200);

    // Each host has a pool of its own: a room holds as many guests as `Maximum Pool Size` says.
    const int MostRooms = 32, Guests = 500;

    WaitingHosts(IReadOnlyList<WaitingRoom> rooms, WaitingRoom tripwire) => (Rooms, Tripwire) = (rooms, tripwire);

    /// <summary>Open while opens are held back. The first is the first host.</summary>
    public IReadOnlyList<WaitingRoom> Rooms { get; }

    /// <summary>
    /// Behind the servers, and always open. Npgsql marks a host as offline, and closes its idle connections, before anybody learns of it:
    /// opens of that moment find no host but this one, and that they do is the news.
    /// </summary>
    public WaitingRoom Tripwire { get; }

    /// <param name="settings">The user's own.</param>
    /// <param name="failoverTimeout">How long an open waits in all.</param>
    /// <param name="tripped">Somebody is at the tripwire.</param>
    /// <param name="entered">Somebody waits.</param>
    /// <param name="waits">So many more wait.</param>
    /// <param name="gaveUp">One has waited in vain.</param>
    /// <param name="explain">What they are told whose waiting was in vain.</param>
    public static WaitingHosts For(
        NpgsqlConnectionStringBuilder settings, TimeSpan failoverTimeout, Action tripped, Action entered, Action<int> waits, Action gaveUp,
        Func<TimeSpan, string> explain)
    {
        var visits = 2 * (PrefersGss(settings) ? 2 : 1);
        var longest = settings.Timeout == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(settings.Timeout) - Slack;
        // Both visits of one attempt share its timeout.
        var perRoom = longest == TimeSpan.MaxValue ? failoverTimeout : 2 * longest;
        var rooms = Math.Max(
            perRoom <= TimeSpan.Zero ? 1 : Math.Min((int)Math.Ceiling(failoverTimeout / perRoom), MostRooms),
            Math.Clamp((Guests + settings.MaxPoolSize - 1) / Math.Max(settings.MaxPoolSize, 1), 1, MostRooms));
        var patience = failoverTimeout / (visits * rooms);
        if (longest != TimeSpan.MaxValue && patience > longest / (visits / 2))
            patience = longest / (visits / 2);

        // An open that waits in vain does so at each of its visits, but for one or two that came before the room knew. Who it is nobody
        // tells.
        var visitsInVain = visits * rooms / 2;
        string Explain(int room, TimeSpan waited)
        {
            if (Interlocked.Increment(ref visitsInVain) % (visits * rooms) == 0)
                gaveUp();
            // Npgsql tells what every room said. One explanation is enough.
            return room == 0 ? explain(waited * visits * rooms) : "Waited here too, in vain.";
        }

        var encrypts = settings.SslMode >= SslMode.Require;
        return new(
            [.. Enumerable.Range(0, rooms).Select(room => new WaitingRoom(encrypts, patience, entered, waits, waited => Explain(room, waited)))],
            new WaitingRoom(encrypts, TimeSpan.Zero, tripped, waits: static _ => { }, explain: null));
    }

    static bool PrefersGss(NpgsqlConnectionStringBuilder settings)
        => typeof(NpgsqlConnection).Assembly.GetName().Version is { Major: >= 10 }
            && (settings.TryGetValue(GssMode, out var mode) ? mode?.ToString() : Environment.GetEnvironmentVariable("PGGSSENCMODE")) is null or "" or "Prefer" or "prefer";

    /// <summary>The builder's settings for this host list.</summary>
    public NpgsqlConnectionStringBuilder Settings(NpgsqlConnectionStringBuilder settings, IReadOnlyList<Endpoint> endpoints)
    {
        var waiting = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Host = string.Join(',', Rooms.Take(1).Select(room => room.Address.Host)
                .Concat(endpoints.Select(endpoint => endpoint.AsHost()))
                .Append(Tripwire.Address.Host)
                .Concat(Rooms.Skip(1).Select(room => room.Address.Host))),
            // The guard clears what is believed of a host when it learns better; time need not.
            HostRecheckSeconds = 3600,
            LoadBalanceHosts = false,
        };
        waiting.Remove("Target Session Attributes");
        // One that the guard keeps for itself, to lead opens past its server.
        if (endpoints.Count > 1 && waiting.Pooling)
            waiting.MaxPoolSize++;
        return waiting;
    }

    public void Open()
    {
        foreach (var room in Rooms)
            room.Open();
    }

    public void Close()
    {
        foreach (var room in Rooms)
            room.Close();
    }

    public void SendOn()
    {
        foreach (var room in Rooms)
            room.SendOn();
    }

    public bool HasGuests => Rooms.Any(room => room.Guests > 0);

    public void Dispose(string why)
    {
        foreach (var room in Rooms.Append(Tripwire))
            room.Dispose(why);
    }
}
