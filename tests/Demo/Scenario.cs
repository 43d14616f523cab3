namespace ReadOnlyGuard.Demo;

/// <summary>Something that happened on a site, and when, by <see cref="Clock"/>.</summary>
readonly record struct Event(double At, string What);

/// <summary>What happened on a site, in order: the first event begins the outage, with the last one a writable server can be reached.</summary>
sealed record Outage(IReadOnlyList<Event> Events)
{
    public double Begin => Events[0].At;
    public double Writable => Events[^1].At;
}

abstract class Scenario
{
    public abstract string Name { get; }
    public abstract string Description { get; }
    public abstract Task<Outage> PlayAsync(Site site);
}

sealed class Switchover : Scenario
{
    static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    public override string Name => "switchover";

    public override string Description =>
        "The primary is stopped, its standby promoted; the old primary comes back as a standby on its old address, and the balancer sends new sessions there for one more second.";

    public override async Task<Outage> PlayAsync(Site site)
    {
        List<Event> events = [new(Clock.Now, "primary stops")];
        await site.Pair.FailOverAsync();
        events.Add(new(Clock.Now, "standby promoted"));
        await site.Pair.RejoinAsync();
        events.Add(new(Clock.Now, "old primary back, as standby"));
        await Task.Delay(Lag);
        events.Add(new(Clock.Now, "balancer follows"));
        site.Balancer.SwitchTo(site.Pair.Primary);
        return new(events);
    }
}

sealed class Maintenance : Scenario
{
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public override string Name => "maintenance";
    public override string Description => "The primary is made read-only (default_transaction_read_only = on), and writable again two seconds later.";

    public override async Task<Outage> PlayAsync(Site site)
    {
        var begin = await site.Pair.Primary.AlterSystemAsync("default_transaction_read_only", "on");
        await Task.Delay(Duration);
        var end = await site.Pair.Primary.AlterSystemAsync("default_transaction_read_only", null);
        return new([new(Clock.Of(begin), "read-only"), new(Clock.Of(end), "writable")]);
    }
}
