using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Asks one server for a search, again and again until the search ends, on a thread and over unpooled connections of its own. At
/// most one attempt on a server is under way at any time: a hung one holds up this server's next, and nobody else's.
/// </summary>
sealed class Probe(NpgsqlDataSource direct, WriteChecker checker, string name) : IDisposable
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
            AbandonableWork.Start("search of " + name, Run);
        }
        catch
        {
            lock (_gate)
                _running = false;
            throw;
        }
    }

    void Run()
    {
        // Opening a connection may run statements of the user's initializer.
        ReadOnlyErrorSignal.Mute();
        var attempts = 0;
        Search? last = null;
        while (Next() is { } search)
        {
            attempts = search == last ? attempts + 1 : 1;
            last = search;
            // The answer belongs to the search that it was asked for: one begun before a failure says nothing after it.
            var answer = Ask();
            Quietly(() => search.Report(this, answer));
            Quietly(() => checker.Counted(answer));
            search.WaitForEnd(Backoff.Delay(attempts, search.Elapsed, Random.Shared.NextDouble()));
        }
    }

    // What the application's listeners do with the news must not end the search.
    static void Quietly(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception)
        {
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

    ServerAnswer Ask()
    {
        try
        {
            using var connection = direct.OpenConnection();
            return checker.Ask(connection);
        }
        catch (Exception e)
        {
            return checker.Failed(e);
        }
    }

    public void Dispose() => direct.Dispose();
}
