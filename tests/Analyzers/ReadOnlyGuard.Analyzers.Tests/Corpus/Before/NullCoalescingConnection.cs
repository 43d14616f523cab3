using System.Data;
using Npgsql;

namespace Legacy.Lazy;

public class Session : IDisposable
{
    NpgsqlConnection? _connection;
    readonly Lazy<NpgsqlConnection> _audit = new(() => new NpgsqlConnection("Host=audit"));

    public string ConnectionString { get; set; } = "";

    public NpgsqlConnection Connection => _connection ??= new NpgsqlConnection(ConnectionString);

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
