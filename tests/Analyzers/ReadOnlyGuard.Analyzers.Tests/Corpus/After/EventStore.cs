using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ReadOnlyGuard;

namespace Events;

public sealed class EventStore
{
    private readonly string _connection;

    public EventStore(string connection) => _connection = connection;

    public async Task<long> AppendAsync<TEvent>(Guid stream, TEvent @event, long expected, CancellationToken cancellation)
        where TEvent : notnull
    {
        await using var conn = await WritableDataSource.For(_connection).OpenConnectionAsync(cancellationToken: cancellation);
        await using var cmd = new NpgsqlCommand("select append_event($1, $2, $3)", conn)
        {
            Parameters =
            {
                new() { Value = stream },
                new() { Value = JsonSerializer.Serialize(@event), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = expected },
            },
        };
        return (long)(await cmd.ExecuteScalarAsync(cancellation))!;
    }
}
