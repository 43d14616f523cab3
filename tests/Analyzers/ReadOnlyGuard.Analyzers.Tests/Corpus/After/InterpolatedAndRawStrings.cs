using Npgsql;
using ReadOnlyGuard;

namespace Shop.Strings;

public static class Connections
{
    private const string Host = "db.internal";

    public static NpgsqlConnection Interpolated(string database) => WritableDataSource.For($"Host={Host};Database={database}").CreateConnection();

    public static NpgsqlConnection Raw() => WritableDataSource.For(
        """
        Host=db.internal;
        Database=shop;
        Application Name=worker
        """).CreateConnection();

    public static NpgsqlConnection Concatenated(string password)
    {
        return WritableDataSource.For("Host=" + Host + ";Password=" + password).CreateConnection();
    }

    public static NpgsqlConnection Constant()
    {
        const string cs = $"Host={Host}";
        var c = WritableDataSource.For(cs).OpenConnection();
        return c;
    }
}
