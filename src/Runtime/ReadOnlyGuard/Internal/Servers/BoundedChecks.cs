using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>What a check came to.</summary>
/// <param name="Answer">The server's.</param>
/// <param name="IsLate">Whether none came in time. The check goes on alone, and still uses its connection.</param>
readonly record struct CheckResult(ServerAnswer Answer, bool IsLate);

/// <summary>
/// Checks of one server's connections that nobody waits for longer than <see cref="WriteChecker.Timeout"/>, and without the thread pool. A
/// late one is left to end by itself.
/// </summary>
sealed class BoundedChecks(WriteChecker checker, TimeSpan timeout, TimeProvider timeProvider, ILogger logger)
{
    int _abandoned, _abandonedEnded;

    readonly CheckResult _late = new(
        checker.Failed(new TimeoutException($"no answer to the write check within CheckTimeout ({timeout})")), IsLate: true);

    public WriteChecker Checker { get; } = checker;

    /// <summary>How many of the checks that nobody waits for any more have ended.</summary>
    public int AbandonedEnded => Volatile.Read(ref _abandonedEnded);

    /// <summary>Whether such checks have held places of the pool since that many of them had ended.</summary>
    public bool HadAbandoned(int ended) => Volatile.Read(ref _abandoned) > 0 || AbandonedEnded != ended;

    /// <summary>One check, for a synchronous caller.</summary>
    /// <param name="connection">The caller's, but while a late check goes on.</param>
    /// <param name="whenAbandoned">Gets the answer of a late one when that ends.</param>
    public CheckResult Check(NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned)
    {
        var result = AbandonableWork.Run(
            ThreadName, () => new CheckResult(Checker.Ask(connection), IsLate: false), Checker.Timeout, _late, whenAbandoned: late =>
            {
                whenAbandoned(late.Answer);
                Ended();
            });
        if (result.IsLate)
            Interlocked.Increment(ref _abandoned);
        return Counted(result);
    }

    /// <summary>
    /// The same for an asynchronous caller. A check that is late, or whose caller leaves, gives the connection back when it ends.
    /// </summary>
    public async ValueTask<CheckResult> CheckAsync(NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned, CancellationToken cancellationToken)
    {
        var abandon = new CancellationTokenSource();
        var check = Checker.AskAsync(connection, abandon.Token);
        try
        {
            return Counted(new(await check.WaitAsync(Checker.Timeout, timeProvider, cancellationToken).ConfigureAwait(false), IsLate: false));
        }
        catch (TimeoutException)
        {
            Abandon();
            return Counted(_late);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }

        void Abandon()
        {
            Interlocked.Increment(ref _abandoned);
            _ = GiveBackAfterAsync(check, connection, whenAbandoned);
            // For a step of the user's. Whoever cancels a command of Npgsql's opens a connection on the spot and waits for it.
            AbandonableWork.Start(ThreadName, abandon.Cancel);
        }
    }

    async Task GiveBackAfterAsync(Task<ServerAnswer> check, NpgsqlConnection connection, Action<ServerAnswer> whenAbandoned)
    {
        whenAbandoned(await check.ConfigureAwait(false));
        await Quietly.DisposeAsync(connection, async: true).ConfigureAwait(false);
        Ended();
    }

    CheckResult Counted(CheckResult result)
    {
        if (result.IsLate)
            Log.CheckAbandoned(logger, Checker.Endpoint.Host, Checker.Endpoint.Port, (long)Checker.Timeout.TotalMilliseconds);
        Checker.Counted(result.Answer);
        return result;
    }

    void Ended()
    {
        Interlocked.Increment(ref _abandonedEnded);
        Interlocked.Decrement(ref _abandoned);
    }

    string ThreadName => "check of " + Checker.Endpoint.Host;
}
