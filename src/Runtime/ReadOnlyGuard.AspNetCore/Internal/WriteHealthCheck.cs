using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ReadOnlyGuard.Internal.Renting;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>Asks whether a write is possible now, and does not wait for the end of a failover.</summary>
sealed class WriteHealthCheck(WritableDataSource source) : IHealthCheck
{
    readonly Readiness _readiness = source.Readiness;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await _readiness.AskAsync(cancellationToken).ConfigureAwait(false);
            if (answer.Role != ServerRole.Primary)
                return WithoutWritable(context, [answer], null);
            var data = new Dictionary<string, object> { ["server"] = Name(answer), ["role"] = answer.Role.ToString() };
            if (answer.Timeline is { } timeline)
                data["timeline"] = timeline;
            return HealthCheckResult.Healthy(answer.ToString(), data);
        }
        catch (NoWritableServerException e) when (e.IsTransient)
        {
            return WithoutWritable(context, e.Answers, e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return new(Status(context), e.Message, e);
        }
    }

    /// <summary>What an operator wants to know in an outage: for how long, what each host answers, how many wait, and until when.</summary>
    HealthCheckResult WithoutWritable(HealthCheckContext context, IReadOnlyList<ServerAnswer> answers, Exception? exception)
    {
        var waiting = _readiness.Waiting;
        var data = answers.ToDictionary(Name, answer => (object)answer.Role.ToString());
        data["waiting"] = waiting;
        var since = "";
        if (_readiness.WithoutPrimary is { } time)
        {
            data["seconds"] = Math.Round(time.TotalSeconds, 1);
            since = string.Create(CultureInfo.InvariantCulture, $" for {time.TotalSeconds:0.0} s (rents wait up to {_readiness.FailoverTimeout.TotalSeconds:0.#} s)");
        }
        return new(Status(context), string.Create(CultureInfo.InvariantCulture, $"No writable server{since}: {string.Join("; ", answers)}. {waiting} waiting."), exception, data);
    }

    HealthStatus Status(HealthCheckContext context) => _readiness.RentsWouldWait ? HealthStatus.Degraded : context.Registration.FailureStatus;

    static string Name(ServerAnswer answer) => string.Create(CultureInfo.InvariantCulture, $"{answer.Host}:{answer.Port}");
}
