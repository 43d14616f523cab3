namespace ReadOnlyGuard.Demo;

sealed class Switchover : Scenario<PairSite>
{
    static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    public override string Name => "switchover";

    public override string Description =>
        "The primary is stopped, its standby promoted; the old primary comes back as a standby on its old address, and the balancer sends new sessions there for one more second.";

    public override async Task<Outage> PlayAsync(PairSite site)
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

sealed class Maintenance : Scenario<PairSite>
{
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public override string Name => "maintenance";
    public override string Description => "The primary is made read-only (default_transaction_read_only = on), and writable again two seconds later.";

    public override async Task<Outage> PlayAsync(PairSite site)
    {
        var begin = await site.Pair.Primary.AlterSystemAsync("default_transaction_read_only", "on");
        await Task.Delay(Duration);
        var end = await site.Pair.Primary.AlterSystemAsync("default_transaction_read_only", null);
        return new([new(Clock.Of(begin), "read-only"), new(Clock.Of(end), "writable")]);
    }
}
