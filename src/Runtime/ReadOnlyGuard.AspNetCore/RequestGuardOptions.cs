using Microsoft.Extensions.DependencyInjection;

namespace ReadOnlyGuard;

/// <summary>How <c>UseReadOnlyGuard</c> treats requests that fail for want of a writable server.</summary>
public sealed class RequestGuardOptions
{
    /// <summary>What a refused client is told to wait, in the <c>Retry-After</c> header, rounded up to seconds. 5 s by default.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idempotent request is run at most, the first time included. 3 by default; 1 never runs one again.</summary>
    public int MaxRuns { get; set; } = 3;

    /// <summary>
    /// The longest request body, in bytes, that is kept so that an idempotent request can be run again. 1 MiB by default. A request with a
    /// longer body, or one of unknown length, is run once.
    /// </summary>
    public long MaxKeptBody { get; set; } = 1024 * 1024;

    /// <summary>
    /// The sources that requests use: all that are registered without a key, by default. Before a request is run again each of them has
    /// found its writable server.
    /// </summary>
    public Func<IServiceProvider, IEnumerable<WritableDataSource>> Sources { get; set; } = static services => services.GetServices<WritableDataSource>();
}
