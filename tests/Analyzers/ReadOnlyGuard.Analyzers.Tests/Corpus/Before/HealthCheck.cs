using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Shop.Health;

public class PostgresHealthCheck : IHealthCheck
{
    private readonly string _connectionString;
    public PostgresHealthCheck(string connectionString) { _connectionString = connectionString; }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = new())
    {
        try
        {
            await using var conn = new NpgsqlConnection(_connectionString);
            await conn.OpenAsync(cancellationToken);
            await using var cmd = conn.CreateCommand();
            cmd.CommandText = "SELECT 1";
            await cmd.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: e);
        }
    }
}
