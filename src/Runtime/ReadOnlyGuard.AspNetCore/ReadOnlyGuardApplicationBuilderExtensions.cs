using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReadOnlyGuard;
using ReadOnlyGuard.AspNetCore;
using ReadOnlyGuard.Internal.Signals;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the request guard into the pipeline.</summary>
public static class ReadOnlyGuardApplicationBuilderExtensions
{
    /// <summary>
    /// Guards what comes behind it. A request that fails for want of a writable server is answered with 503, <c>Retry-After</c> and problem
    /// details (RFC 9457); GET, HEAD and endpoints that are marked <see cref="IdempotentAttribute"/> are run again once there is one.
    /// Place it behind <c>UseExceptionHandler</c> and before what uses the database.
    /// </summary>
    /// <remarks>
    /// A response that has started, a COMMIT whose outcome is unknown, and every other error pass through unchanged.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddReadOnlyGuard</c> was not called.</exception>
    public static IApplicationBuilder UseReadOnlyGuard(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!app.ApplicationServices.GetServices<IValidateOptions<RequestGuardOptions>>().Any())
            throw new InvalidOperationException("UseReadOnlyGuard needs its services: call builder.Services.AddReadOnlyGuard() before the application is built.");
        // Sources that no container knows, WritableDataSource.For(…) above all, log to the host too.
        HostLogs.Adopt(app.ApplicationServices.GetService<ILoggerFactory>());
        return app.UseMiddleware<RequestGuard>();
    }
}
