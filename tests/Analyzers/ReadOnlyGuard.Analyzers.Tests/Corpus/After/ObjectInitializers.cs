using Npgsql;
using ReadOnlyGuard;

namespace Shop.Initializers;

public static class Connections
{
    public static NpgsqlConnection Plain(string cs) => WritableDataSource.For(cs).CreateConnection();

    public static NpgsqlConnection Typed(string cs) => WritableDataSource.For(cs).CreateConnection();

#pragma warning disable CS0618 // until the callback moves to a data source
    public static NpgsqlConnection WithCallback(string cs) => new(cs)
    {
        ProvideClientCertificatesCallback = certificates => certificates.Clear(),
    };
#pragma warning restore CS0618

    public static NpgsqlConnection Later(string cs)
    {
        var connection = new NpgsqlConnection();
        connection.ConnectionString = cs;
        return connection;
    }
}
