using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Npgsql;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// The process-wide signal "a read-only error was thrown": a number that every rent compares with the one of the connection's last
/// check. It is a suspicion, never a verdict: the error may be the application's own READ ONLY transaction, on any server.
/// </summary>
static class ReadOnlyErrorSignal
{
    static readonly object Gate = new();

    // An exception is seen again each time it is re-thrown through an async frame; it counts once.
    static readonly ConditionalWeakTable<Exception, object> Seen = new();
    static int s_subscribers;
    static long s_count;

    public static long Count => Volatile.Read(ref s_count);

    /// <summary>Raised on the throwing thread, in the middle of its throw: handlers are quick, and never throw.</summary>
    public static event Action? Raised;

    /// <summary>
    /// The same for an error that may be the loss of a connection, to whatever it led. A connection that was refused is none: so are those
    /// to the guard's own rooms.
    /// </summary>
    public static event Action? ConnectionLost;

    /// <summary>The handler stays while at least one guarded source lives.</summary>
    public static void Subscribe()
    {
        lock (Gate)
            if (s_subscribers++ == 0)
                AppDomain.CurrentDomain.FirstChanceException += OnFirstChance;
    }

    public static void Unsubscribe()
    {
        lock (Gate)
            if (--s_subscribers == 0)
                AppDomain.CurrentDomain.FirstChanceException -= OnFirstChance;
    }

    // Runs on the throwing thread in the middle of a throw: it compares, counts, closes the doors, and must not throw.
    static void OnFirstChance(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is PostgresException exception && SqlStates.MeansReadOnly(exception.SqlState)
            && !OwnTraffic.IsUnderWay && Seen.TryAdd(exception, Gate))
        {
            Interlocked.Increment(ref s_count);
            Raised?.Invoke();
        }
        else if (ConnectionLost is { } lost
            && e.Exception is IOException or PostgresException { SqlState: [ '5', '7', 'P', ..] or ['0', '8', ..] } && !OwnTraffic.IsUnderWay)
            lost();
    }
}
