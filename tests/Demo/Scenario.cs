namespace ReadOnlyGuard.Demo;

/// <summary>Something that happened on a site, and when, by <see cref="Clock"/>.</summary>
readonly record struct Event(double At, string What);

/// <summary>What happened on a site, in order: the first event begins the outage, with the last one a writable server can be reached.</summary>
/// <param name="MayLose">Whether the primary acknowledged what no other server has, so that no client can keep it.</param>
sealed record Outage(IReadOnlyList<Event> Events, bool MayLose = false)
{
    public double Begin => Events[0].At;
    public double Writable => Events[^1].At;
}

/// <summary>What is done to the servers of a site.</summary>
abstract class Scenario<TSite> where TSite : Site
{
    public abstract string Name { get; }
    public abstract string Description { get; }

    /// <summary>How long the applications are watched once a writable server can be reached.</summary>
    public virtual TimeSpan Watched { get; } = TimeSpan.FromSeconds(4);

    public abstract Task<Outage> PlayAsync(TSite site);
}
