using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// Asks one server for a search, again and again until the search ends, on a thread and over unpooled connections of its own. At
/// most one attempt on a server is under way at any time: a hung one holds up this server's next, and nobody else's. Until the application
/// has opened a connection synchronously the attempts are asynchronous.
/// </summary>
sealed class Probe : IProbe
{
    readonly NpgsqlDataSource _direct;
    readonly OpenMode _mode;
    readonly WriteChecker _checker;
    readonly string _name;
    readonly bool _isUsed;
    readonly object _gate = new();
    IInquiry? _wanted;
    bool _running;

    // The last run to be begun is the one at work; one before it ends with its attempt.
    int _run;

    /// <param name="isUsed">Whether rents lead where this leads: there is one address only.</param>
    public Probe(NpgsqlDataSource direct, OpenMode mode, WriteChecker checker, string name, bool isUsed)
    {
        (_direct, _mode, _checker, _name, _isUsed) = (direct, mode, checker, name, isUsed);
        mode.BecameSynchronous += GoOnSynchronously;
    }

    public void LookFor(IInquiry inquiry)
    {
        int run;
        lock (_gate)
        {
            _wanted = inquiry;
            if (_running)
                return;
            _running = true;
            run = ++_run;
        }
        Start(run);
    }

    void GoOnSynchronously()
    {
        int run;
        lock (_gate)
        {
            if (!_running)
                return;
            run = ++_run;
        }
        Start(run);
    }

    void Start(int run)
    {
        try
        {
            AbandonableWork.Start(ThreadName, _mode.IsAsync, async => RunAsync(run, async));
        }
        catch
        {
            lock (_gate)
                _running = false;
            throw;
        }
    }

    async ValueTask RunAsync(int run, bool async)
    {
        // Opening a connection may run statements of the user's initializer.
        OwnTraffic.Begin();
        var attempts = 0;
        IInquiry? last = null;
        while (Next(run) is { } inquiry)
        {
            attempts = inquiry == last ? attempts + 1 : 1;
            last = inquiry;
            // The answer belongs to the search that it was asked for: one begun before a failure says nothing after it.
            var answer = await AskAsync(async).ConfigureAwait(false);
            _checker.Counted(answer);
            Tell(inquiry, answer);
            await inquiry.PauseAsync(Backoff.Delay(attempts, inquiry.Elapsed, Random.Shared.NextDouble()), async).ConfigureAwait(false);
        }
    }

    static void Tell(IInquiry inquiry, ServerAnswer answer)
    {
        try
        {
            inquiry.Report(answer);
        }
        catch (Exception)
        {
            // The search is over and knows its outcome; a logger or meter listener of the application's threw at the news.
        }
    }

    IInquiry? Next(int run)
    {
        lock (_gate)
        {
            if (run != _run)
                return null;
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
            connection = await OpenMode.OpenAsync(_direct, async).ConfigureAwait(false);
            return await AbandonableWork.PartAsync(ThreadName, async, () => _checker.Ask(connection, _isUsed)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return _checker.Failed(e);
        }
        finally
        {
            if (connection is not null)
                await Quietly.DisposeAsync(connection, async).ConfigureAwait(false);
        }
    }

    string ThreadName => "search of " + _name;

    public void Dispose() => _direct.Dispose();
}
