using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ReadOnlyGuard;
using ReadOnlyGuard.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A health check that means writable.</summary>
public static class ReadOnlyGuardHealthChecksBuilderExtensions
{
    /// <summary>
    /// Healthy only if a write is possible now; degraded as long as rents still wait for the end of a failover; then the failure status.
    /// Its data names the server, its role and its timeline, or what each host answered.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="source">
    /// The source to ask; the registered one by default, or the one behind the registered <see cref="NpgsqlDataSource"/>.
    /// </param>
    /// <param name="failureStatus">When no server could be written to within the failover timeout; unhealthy by default.</param>
    /// <param name="tags">For readiness, not for liveness: to restart an application does not make a server writable.</param>
    /// <param name="timeout">Of the check; none by default, as a check ends within twice the source's check timeout.</param>
    public static IHealthChecksBuilder AddWritableNpgsql(
        this IHealthChecksBuilder builder,
        string name = "writable-npgsql",
        Func<IServiceProvider, WritableDataSource>? source = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new(name, services => new WriteHealthCheck((source ?? Registered)(services)), failureStatus, tags, timeout));
    }

    static WritableDataSource Registered(IServiceProvider services)
        => services.GetService<WritableDataSource>()
            ?? (services.GetService<NpgsqlDataSource>() is { } door ? WritableDataSource.Behind(door) : null)
            ?? throw new InvalidOperationException(
                "AddWritableNpgsql() checks a WritableDataSource, and none is registered. Call services.AddWritableNpgsqlDataSource(connectionString), and give that to EF Core too: options.UseWritableNpgsql(services.GetRequiredService<WritableDataSource>()). Or name one: AddWritableNpgsql(source: services => …).");
}
