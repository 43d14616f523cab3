using Npgsql;
using ReadOnlyGuard;

namespace Shop.Exceptions;

[AllowRawNpgsql("was raw once")]
public sealed class Moved(WritableDataSource source)
{
    public NpgsqlConnection Open() => source.OpenConnection();
}

public sealed class Kept(string connectionString)
{
    [AllowRawNpgsql("TODO: say why")]
    public NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        return connection;
    }

    [AllowRawNpgsql("the audit database has one server and no standby")]
    public NpgsqlConnection Audit { get; } = new("Host=audit");
}
