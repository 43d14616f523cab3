using Microsoft.Extensions.DependencyInjection;

namespace ReadOnlyGuard;

/// <summary>How <c>UseReadOnlyGuard</c> treats requests that fail for want of a writable server.</summary>
public sealed class RequestGuardOptions
{
    /// <summary>
    /// What the client of an idempotent request that is answered 503 is told to wait at least, in the <c>Retry-After</c> header, rounded up
    /// to seconds. 5 s by default. At most half as long again is added at random, so that not all clients come back at once.
    /// </summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idempotent request is run at most, the first time included. 3 by default; 1 never runs one again.</summary>
    public int MaxRuns { get; set; } = 3;

    /// <summary>
    /// The longest request body, in bytes, that is kept in memory so that an idempotent request can be run again. 1 MiB by default. A
    /// request whose body is longer, or turns out to be, is run once.
    /// </summary>
    public long MaxKeptBody { get; set; } = 1024 * 1024;

    /// <summary>
    /// The sources that requests use: all that are registered without a key, by default. Before a request is run again each of them has
    /// found its writable server.
    /// </summary>
    public Func<IServiceProvider, IEnumerable<WritableDataSource>> Sources { get; set; } = static services => services.GetServices<WritableDataSource>();

    /// <summary>
    /// Carries what middleware in front of the guard has put into scoped services over to the scope of another run: the first argument is
    /// the request's own scope, the second that of the run. None by default: a request whose scope was used in front of the guard is run
    /// once.
    /// </summary>
    /// <remarks>
    /// Whoever sets it says that nothing else of that scope matters to the endpoint: no transaction that is committed in front of the
    /// guard, no user's or tenant's data. What is placed behind <c>UseReadOnlyGuard</c> needs no carrying: it is run again with the
    /// request.
    /// </remarks>
    public Action<IServiceProvider, IServiceProvider>? CarryOver { get; set; }
}
