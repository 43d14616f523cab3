namespace ReadOnlyGuard;

/// <summary>What a server answered when it was asked whether it can be written to.</summary>
public enum ServerRole
{
    /// <summary>It did not answer, or not in time: <see cref="ServerAnswer.Error"/> says why.</summary>
    Unknown,

    /// <summary>A primary that accepts writes.</summary>
    Primary,

    /// <summary>
    /// A primary whose transactions are read-only: <c>default_transaction_read_only</c> is on, as in maintenance or, with several
    /// clouds, on a full disk. It becomes writable again by itself; clearing the pool would not help.
    /// </summary>
    ReadOnlyPrimary,

    /// <summary>A hot standby: it is in recovery and refuses every write with SQLSTATE 25006.</summary>
    HotStandby,

    /// <summary>
    /// A primary that would accept writes, but whose timeline is behind one already seen of the same cluster: it was replaced by a
    /// promotion and not fenced. What is written to it is lost.
    /// </summary>
    StalePrimary,

    /// <summary>
    /// A primary of another cluster than the one in use, among the hosts of one connection string: an independent database, or a copy.
    /// Nothing is written to it while a server of the cluster in use answers.
    /// </summary>
    OtherCluster,
}
