using Microsoft.Extensions.Hosting;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Queue;

public sealed class QueueWorker(WritableDataSource source) : IHostedService
{
    private NpgsqlConnection? _connection;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection = await source.OpenConnectionAsync(cancellationToken);
    }

    public async Task<int> AcknowledgeAsync(long id)
    {
        await using var command = new NpgsqlCommand("delete from queue where id = $1", _connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteNonQueryAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
