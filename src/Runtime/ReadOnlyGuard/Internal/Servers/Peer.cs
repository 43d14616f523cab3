using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// One server, looked at from time to time: one query, on a thread and over a kept connection of its own. At most one look is
/// under way at any time.
/// </summary>
sealed class Peer(NpgsqlDataSource direct, OpenMode mode, WriteChecker checker, string name)
{
    readonly object _gate = new();
    NpgsqlConnection? _kept;
    bool _looking, _released;
    volatile bool _answers = true;

    /// <summary>Whether the last look was answered. Before the first one it is hoped for.</summary>
    public bool Answers => _answers;

    /// <summary>Begins a look, unless one is under way.</summary>
    /// <param name="seen">Called with what the server says of itself.</param>
    /// <param name="unseen">Called with the reason where it says nothing.</param>
    /// <param name="ended">Called when this look, or the one that was under way, needs no waiting for.</param>
    public void Look(Action<CheckRow> seen, Action<Exception> unseen, Action ended)
    {
        lock (_gate)
        {
            if (_looking)
            {
                _answers = false;
                ended();
                return;
            }
            (_looking, _released) = (true, false);
        }
        try
        {
            AbandonableWork.Start(ThreadName, mode.IsAsync, async => RunAsync(async, seen, unseen, ended));
        }
        catch
        {
            lock (_gate)
                _looking = false;
            throw;
        }
    }

    /// <summary>Closes the kept connection, now or when the look that uses it ends.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            if (!_looking)
                Close();
        }
    }

    async ValueTask RunAsync(bool async, Action<CheckRow> seen, Action<Exception> unseen, Action ended)
    {
        // Opening a connection may run statements of the user's initializer.
        OwnTraffic.Begin();
        try
        {
            seen(await AskAsync(async).ConfigureAwait(false));
            _answers = true;
        }
        catch (Exception e)
        {
            _answers = false;
            Close();
            unseen(e);
        }
        finally
        {
            ended();
            lock (_gate)
            {
                _looking = false;
                if (_released)
                    Close();
            }
        }
    }

    async ValueTask<CheckRow> AskAsync(bool async)
    {
        if (_kept is { } kept)
            try
            {
                return await QueryAsync(kept, async).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // It may have died long ago, which says nothing about the server.
                Close();
            }
        return await QueryAsync(_kept = await OpenMode.OpenAsync(direct, async).ConfigureAwait(false), async).ConfigureAwait(false);
    }

    ValueTask<CheckRow> QueryAsync(NpgsqlConnection connection, bool async)
        => AbandonableWork.PartAsync(ThreadName, async, () => checker.Query(connection));

    string ThreadName => "look at " + name;

    void Close()
    {
        try
        {
            _kept?.Dispose();
        }
        catch (Exception)
        {
        }
        _kept = null;
    }
}
