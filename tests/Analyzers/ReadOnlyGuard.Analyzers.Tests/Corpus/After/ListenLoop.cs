using Microsoft.Extensions.Hosting;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Events;

[AllowRawNpgsql("LISTEN works on the primary only: a standby refuses it, so a stale connection shows at once")]
public sealed class EventListener(string connectionString) : BackgroundService
{
    NpgsqlConnection? _connection;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _connection = new NpgsqlConnection(connectionString);
            await _connection.OpenAsync(stoppingToken);
            _connection.Notification += (_, e) => Console.WriteLine(e.Payload);
            await using (var listen = new NpgsqlCommand("listen orders", _connection))
                await listen.ExecuteNonQueryAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
                await _connection.WaitAsync(stoppingToken);
        }
    }
}
