using Npgsql;

namespace Shop.Optional;

public class Auditor
{
    readonly Func<NpgsqlConnection> _connect;

    public Auditor(string connectionString)
        : this(() => new NpgsqlConnection(connectionString))
    {
    }

    public Auditor(Func<NpgsqlConnection> connect) => _connect = connect;

    public async Task WriteAsync(string what, NpgsqlConnection? connection = null)
    {
        var own = connection is null;
        connection ??= _connect();
        try
        {
            if (own)
                await connection.OpenAsync();
            await using var command = new NpgsqlCommand("insert into audit values ($1)", connection) { Parameters = { new() { Value = what } } };
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            if (own)
                await connection.DisposeAsync();
        }
    }
}
