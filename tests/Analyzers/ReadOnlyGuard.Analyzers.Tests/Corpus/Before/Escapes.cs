using Npgsql;
using ReadOnlyGuard;

namespace Shop.Escapes;

public sealed class Copies(WritableDataSource source)
{
    public async Task<NpgsqlConnection> AdminAsync()
    {
        await using var connection = await source.OpenConnectionAsync();
        var admin = connection.CloneWith("Host=db;Username=admin");
        await admin.OpenAsync();
        return admin;
    }

    public NpgsqlConnection Another() => new(source.ConnectionString);

    public NpgsqlConnection Longer()
    {
        var text = source.ConnectionString + ";Command Timeout=600";
        var connection = new NpgsqlConnection(text);
        connection.Open();
        return connection;
    }
}
