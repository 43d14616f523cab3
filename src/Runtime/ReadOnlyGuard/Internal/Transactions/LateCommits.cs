using System.Diagnostics;
using Npgsql;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// The COMMITs of one server that nobody waits for any more. While their sessions live on the server they are left alone: whoever cancels
/// one that waits for a synchronous standby makes it visible although the standby does not have it. Where the session is gone, with its
/// host, the connection is ended, or it would keep its place in the pool for as long as TCP hopes.
/// </summary>
sealed class LateCommits(NpgsqlDataSource direct, OpenMode mode, string host)
{
    static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(5);

    readonly List<Commit> _late = [];
    bool _asking;

    public void Add(Commit commit)
    {
        lock (_late)
        {
            _late.Add(commit);
            if (_asking)
                return;
            _asking = true;
        }
        try
        {
            AbandonableWork.Start(ThreadName, mode.IsAsync, AskAsync);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // The outcome is told all the same; the next late one asks for this one too.
            lock (_late)
                _asking = false;
        }
    }

    async ValueTask AskAsync(bool async)
    {
        OwnTraffic.Begin();
        while (Unanswered() is { Length: > 0 } late)
        {
            await AskForAsync(late, async).ConfigureAwait(false);
            if (async)
                await Task.Delay(AskInterval).ConfigureAwait(false);
            else
                Thread.Sleep(AskInterval);
        }
    }

    async ValueTask AskForAsync(Commit[] late, bool async)
    {
        NpgsqlConnection? connection = null;
        try
        {
            var opened = connection = await OpenMode.OpenAsync(direct, async).ConfigureAwait(false);
            foreach (var commit in late)
                if (await AbandonableWork.PartAsync(ThreadName, async, () => IsGone(commit, opened)).ConfigureAwait(false))
                    commit.Abandon();
        }
        catch (ObjectDisposedException)
        {
            Array.ForEach(late, commit => commit.Abandon());
        }
        catch (Exception)
        {
            // Nobody there to ask, yet. Callbacks of the application's run in an open, so that anything may be thrown.
        }
        finally
        {
            if (connection is not null)
                await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
        }
    }

    string ThreadName => "late COMMIT on " + host;

    Commit[] Unanswered()
    {
        lock (_late)
        {
            _late.RemoveAll(commit => commit.IsAnswered);
            _asking = _late.Count > 0;
            return [.. _late];
        }
    }

    /// <summary>
    /// Whether no session of that number is old enough to have been sent the COMMIT. Not to be told where a pooler gives the client a
    /// number that is not the server's.
    /// </summary>
    static bool IsGone(Commit commit, NpgsqlConnection connection)
    {
        var waited = Stopwatch.GetElapsedTime(commit.SentAt);
        using var command = new NpgsqlCommand(
            $"SELECT pg_catalog.pg_backend_pid(), pg_catalog.clock_timestamp(), (SELECT backend_start FROM pg_catalog.pg_stat_get_activity({commit.ProcessId}))",
            connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        if (reader.GetInt32(0) != connection.ProcessID)
            return false;
        // The sessions of one's own role show when they began.
        return reader.IsDBNull(2) || reader.GetDateTime(1) - reader.GetDateTime(2) < waited;
    }
}
