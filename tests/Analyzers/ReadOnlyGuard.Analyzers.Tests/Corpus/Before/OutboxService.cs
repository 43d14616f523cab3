using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Shop.Outbox;

public sealed class OutboxService(string connectionString, ILogger<OutboxService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(stoppingToken);
                await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
                await using var take = new NpgsqlCommand(
                    "delete from outbox where id in (select id from outbox order by id limit 100 for update skip locked)", connection, transaction);
                var taken = await take.ExecuteNonQueryAsync(stoppingToken);
                await transaction.CommitAsync(stoppingToken);
                logger.LogDebug("{Taken} messages", taken);
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                logger.LogWarning(e, "The outbox is not reachable");
            }
        }
    }
}
