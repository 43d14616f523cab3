using Microsoft.Extensions.Hosting;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Clean;

// Nothing to report.
public sealed class Worker(WritableDataSource source) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await source.ExecuteInTransactionAsync(async (connection, token) =>
                {
                    await using var command = new NpgsqlCommand("update jobs set state = 'done' where state = 'ready'", connection);
                    await command.ExecuteNonQueryAsync(token);
                }, cancellationToken: stoppingToken);
            }
            catch (CommitOutcomeUnknownException e)
            {
                Console.WriteLine(e.Message);
            }

            await using var connection = source.CreateConnection();
            await connection.OpenAsync(stoppingToken);
        }
    }
}
