using Npgsql;
using ReadOnlyGuard;

namespace Shop;

/// <summary>Looks for every acknowledged order in the database, again and again: what is acknowledged must be there.</summary>
sealed class Audit(OrderLog log, WritableDataSource db) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pause = new PeriodicTimer(Pause);
        while (await pause.WaitForNextTickAsync(stoppingToken))
            try
            {
                await using var connection = await db.OpenConnectionAsync(stoppingToken);
                await using var count = new NpgsqlCommand(
                    "select count(*) from unnest($1) acknowledged where not exists (select from orders where key = acknowledged)", connection)
                {
                    Parameters = { new() { Value = log.Acknowledged.ToArray() } },
                };
                log.Missing = (int)(long)(await count.ExecuteScalarAsync(stoppingToken))!;
            }
            catch (NpgsqlException)
            {
                // It looks again.
            }
    }
}
