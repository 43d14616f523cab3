namespace ReadOnlyGuard;

/// <summary>Why another server is the primary now.</summary>
public enum PrimaryChangeReason
{
    /// <summary>The one before was lost, and a search found this one.</summary>
    Found,

    /// <summary>This one was promoted while the one before still seemed to be the primary: it was not fenced, or is frozen.</summary>
    Promoted,

    /// <summary>Behind the same address another server answers: of a newer timeline, or of another cluster.</summary>
    Moved,
}

/// <summary>Another server became the primary.</summary>
/// <param name="oldPrimary">The one before, as the connection string names it.</param>
/// <param name="newPrimary">The present one.</param>
/// <param name="reason">Why.</param>
public sealed class PrimaryChangedEventArgs(string oldPrimary, string newPrimary, PrimaryChangeReason reason) : EventArgs
{
    /// <summary>The one before, as <c>host:port</c>.</summary>
    public string OldPrimary { get; } = oldPrimary;

    /// <summary>The present one, as <c>host:port</c>; the same where one address leads to another server now.</summary>
    public string NewPrimary { get; } = newPrimary;

    /// <summary>Why.</summary>
    public PrimaryChangeReason Reason { get; } = reason;
}
