using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>Asks whether a write is possible now, and does not wait for the end of a failover.</summary>
sealed class WriteHealthCheck(WritableDataSource source) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await source.Readiness.AskAsync(cancellationToken).ConfigureAwait(false);
            var data = new Dictionary<string, object>
            {
                ["server"] = string.Create(CultureInfo.InvariantCulture, $"{answer.Host}:{answer.Port}"),
                ["role"] = answer.Role.ToString(),
            };
            if (answer.Timeline is { } timeline)
                data["timeline"] = timeline;
            return answer.Role == ServerRole.Primary
                ? HealthCheckResult.Healthy(answer.ToString(), data)
                : Failed(context, answer.ToString(), null, data);
        }
        catch (NoWritableServerException e)
        {
            return Failed(context, e.Message, e, e.Answers.ToDictionary(
                answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Host}:{answer.Port}"), answer => (object)answer.Role.ToString()));
        }
        catch (NpgsqlException e)
        {
            return Failed(context, e.Message, e, null);
        }
    }

    HealthCheckResult Failed(HealthCheckContext context, string description, Exception? exception, IReadOnlyDictionary<string, object>? data)
        => new(source.Readiness.RentsWouldWait ? HealthStatus.Degraded : context.Registration.FailureStatus, description, exception, data);
}
