using Npgsql;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// Notices that the wait of a COMMIT for its synchronous standby was cancelled, by an administrator or a statement's timeout. PostgreSQL
/// commits all the same, and says so in a warning beside the answer, which Npgsql hands to <see cref="NpgsqlConnection.Notice"/> only.
/// </summary>
sealed class StandbyWait : IDisposable
{
    // The code of any warning, also of one that a trigger raises at COMMIT: where it comes from tells them apart.
    const string Warning = "01000", WaitingForStandby = "SyncRepWaitForLSN";

    /// <summary>What such a COMMIT ends in.</summary>
    public static readonly NpgsqlException Cancelled = new(
        "COMMIT was answered with a warning: its wait for a synchronous standby was cancelled, so the primary alone may have it.");

    readonly NpgsqlConnection _connection;
    volatile bool _wasCancelled;

    public StandbyWait(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notice += OnNotice;
    }

    public bool WasCancelled => _wasCancelled;

    void OnNotice(object sender, NpgsqlNoticeEventArgs e)
    {
        if (e.Notice is { SqlState: Warning, Routine: WaitingForStandby })
            _wasCancelled = true;
    }

    public void Dispose() => _connection.Notice -= OnNotice;
}
