using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard;

/// <summary>How a <see cref="WritableDataSource"/> proves its connections writable, and how long it waits for a server that is.</summary>
public sealed class WritableDataSourceOptions
{
    /// <summary>How long a connection that was found writable is handed out again without a new check.</summary>
    /// <value>
    /// One second by default; zero checks at every rent. A read-only error anywhere in the process, a broken connection or a promotion
    /// makes the next rent check at once, whatever this says.
    /// </value>
    public TimeSpan ValidationInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How a server is asked whether it can be written to.</summary>
    /// <value><see cref="ReadOnlyGuard.WriteCheck.Query"/> by default: one read-only query.</value>
    public WriteCheck WriteCheck { get; set; } = WriteCheck.Query;

    /// <summary>
    /// How long one check may take before its server counts as not answering, and the primary is looked for. An answer that comes later
    /// counts all the same; on a server that has become slow the next checks are given twice the time of the last one, up to three times
    /// this value.
    /// </summary>
    /// <value>Two seconds by default. It must be longer than it takes to connect to a server that is well.</value>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a rent waits for a writable server, from the moment it found that it has none.</summary>
    /// <value>
    /// 30 seconds by default. Zero waits for nothing: every host is asked once, and if none is writable the rent fails.
    /// </value>
    public TimeSpan FailoverTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// With several hosts: how often the servers that are not the primary are looked at, while connections are rented. Each look is one
    /// query on one kept connection. It sees a promotion that the old primary knows nothing of, because it was not fenced or is frozen:
    /// then the promoted server is the primary at once.
    /// </summary>
    /// <value>
    /// One second by default. <see cref="Timeout.InfiniteTimeSpan"/> looks at none: what is written to a primary that was replaced and not
    /// fenced is lost then. The looks stop when nothing was rented for 30 of them; the next rent waits for one look at each server, at
    /// most half a second.
    /// </value>
    public TimeSpan PeerCheckInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the token of an <c>ExecuteInTransactionAsync</c> operation is cancelled when another server became the primary while it ran:
    /// its commands may be waiting for a frozen server. The operation is run again on the new primary.
    /// </summary>
    /// <value>
    /// <see langword="false"/> by default: a command that is stuck ends by its own <c>Command Timeout</c> (30 seconds by default, and the
    /// <c>Timeout</c> of 15 seconds more for Npgsql's attempt to cancel it). When <see langword="true"/>, that attempt alone is waited for;
    /// set <c>Timeout</c> low where that matters. It costs each transaction one more round trip: BEGIN is sent by itself, because Npgsql
    /// cancels no command that something else goes out with. A commit is never cancelled.
    /// </value>
    public bool CancelReplacedOperations { get; set; }

    /// <summary>The clock that <see cref="ValidationInterval"/> and the other times above are measured with.</summary>
    /// <value><see cref="System.TimeProvider.System"/> by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the guard logs what it finds; the category is <c>ReadOnlyGuard</c>.</summary>
    /// <value>
    /// By default the host's: that of the container in which a guarded source, or a context that uses one, was built last. Until then, and
    /// where there is no container, nothing is logged; <see cref="WritableDataSource.ConfigureDefaults"/> sets another for the whole
    /// process.
    /// </value>
    public ILoggerFactory LoggerFactory { get; set; } = HostLogs.Instance;

    // Timers and waits of the runtime take no more than this.
    static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>A private copy, so that options changed after the source was built change nothing.</summary>
    internal WritableDataSourceOptions ValidatedCopy()
    {
        Require(nameof(ValidationInterval), ValidationInterval, zeroAllowed: true);
        Require(nameof(CheckTimeout), CheckTimeout, zeroAllowed: false);
        Require(nameof(FailoverTimeout), FailoverTimeout, zeroAllowed: true);
        if (PeerCheckInterval != Timeout.InfiniteTimeSpan)
            Require(nameof(PeerCheckInterval), PeerCheckInterval, zeroAllowed: false);
        Require(nameof(WriteCheck), WriteCheck);
        Require(nameof(TimeProvider), TimeProvider);
        Require(nameof(LoggerFactory), LoggerFactory);
        return (WritableDataSourceOptions)MemberwiseClone();
    }

    static void Require(string option, TimeSpan value, bool zeroAllowed)
    {
        if (value < TimeSpan.Zero || value > Longest || (value == TimeSpan.Zero && !zeroAllowed))
            throw new ArgumentOutOfRangeException(option, value,
                $"{nameof(WritableDataSourceOptions)}.{option} is {value}. Set it to a time {(zeroAllowed ? "of zero or more" : "above zero")}, and below 24 days.");
    }

    static void Require(string option, object? value)
    {
        if (value is null)
            throw new ArgumentNullException(option, $"{nameof(WritableDataSourceOptions)}.{option} is null. Leave it alone for the default.");
    }
}
