using System.Data;
using Npgsql;
using ReadOnlyGuard;

namespace Legacy.Lazy;

public class Session : IDisposable
{
    NpgsqlConnection? _connection;
    readonly Lazy<NpgsqlConnection> _audit = new(() => WritableDataSource.For("Host=audit").CreateConnection());

    public string ConnectionString { get; set; } = "";

    public NpgsqlConnection Connection => _connection ??= WritableDataSource.For(ConnectionString).CreateConnection();

    public NpgsqlConnection Audit
    {
        get
        {
            if (_audit.Value.State == ConnectionState.Closed) _audit.Value.Open();
            return _audit.Value;
        }
    }

    public void Dispose() => _connection?.Dispose();
}
