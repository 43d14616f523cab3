using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Asks one server for a search, again and again until the search ends, on a thread and over unpooled connections of its own. At
/// most one attempt on a server is under way at any time: a hung one holds up this server's next, and nobody else's.
/// </summary>
/// <param name="isUsed">Whether rents lead where this leads: there is one address only.</param>
sealed class Probe(NpgsqlDataSource direct, OpenMode mode, WriteChecker checker, string name, bool isUsed) : IProbe
{
    readonly object _gate = new();
    Search? _wanted;
    bool _running;

    public void LookFor(Search search)
    {
        lock (_gate)
        {
            _wanted = search;
            if (_running)
                return;
            _running = true;
        }
        try
        {
            AbandonableWork.Start(ThreadName, mode.IsAsync, RunAsync);
        }
        catch
        {
            lock (_gate)
                _running = false;
            throw;
        }
    }

    async ValueTask RunAsync(bool async)
    {
        // Opening a connection may run statements of the user's initializer.
        OwnTraffic.Begin();
        var attempts = 0;
        Search? last = null;
        while (Next() is { } search)
        {
            attempts = search == last ? attempts + 1 : 1;
            last = search;
            // The answer belongs to the search that it was asked for: one begun before a failure says nothing after it.
            var answer = await AskAsync(async).ConfigureAwait(false);
            checker.Counted(answer);
            Tell(search, answer);
            await search.EndsWithinAsync(Backoff.Delay(attempts, search.Elapsed, Random.Shared.NextDouble()), async).ConfigureAwait(false);
        }
    }

    void Tell(Search search, ServerAnswer answer)
    {
        try
        {
            search.Report(this, answer);
        }
        catch (Exception)
        {
            // The search is over and knows its outcome; a logger or meter listener of the application's threw at the news.
        }
    }

    Search? Next()
    {
        lock (_gate)
        {
            if (_wanted is { HasEnded: false })
                return _wanted;
            _wanted = null;
            _running = false;
            return null;
        }
    }

    async ValueTask<ServerAnswer> AskAsync(bool async)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await OpenMode.OpenAsync(direct, async).ConfigureAwait(false);
            return await AbandonableWork.PartAsync(ThreadName, async, () => checker.Ask(connection, isUsed)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return checker.Failed(e);
        }
        finally
        {
            if (connection is not null)
                await Server.DisposeAsync(connection, async).ConfigureAwait(false);
        }
    }

    string ThreadName => "search of " + name;

    public void Dispose() => direct.Dispose();
}
