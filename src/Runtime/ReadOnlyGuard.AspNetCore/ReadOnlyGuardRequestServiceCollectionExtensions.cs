using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReadOnlyGuard;
using ReadOnlyGuard.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what <c>UseReadOnlyGuard</c> needs.</summary>
public static class ReadOnlyGuardRequestServiceCollectionExtensions
{
    /// <summary>
    /// Registers the options of <c>UseReadOnlyGuard</c>, and an <see cref="IExceptionHandler"/> for applications whose
    /// <c>UseExceptionHandler</c> stands behind it: there a request that found no writable server is answered the same way.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configure">Changes the options; every one has a default.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">When the options are first read: one is out of
    /// range.</exception>
    public static IServiceCollection AddReadOnlyGuard(this IServiceCollection services, Action<RequestGuardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RequestGuardOptions>()
            .Validate(o => o.RetryAfter > TimeSpan.Zero, "RetryAfter must be longer than zero: it tells clients how long to wait.")
            .Validate(o => o.MaxRuns >= 1, "MaxRuns counts the first run: it must be 1 or more.")
            .Validate(o => o.MaxKeptBody >= 0, "MaxKeptBody must not be negative; 0 keeps no body.")
            .Validate(o => o.Sources is not null, "Sources must not be null; return an empty list if there are none.")
            .ValidateOnStart();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExceptionHandler, UnavailableHandler>());
        return services;
    }
}
