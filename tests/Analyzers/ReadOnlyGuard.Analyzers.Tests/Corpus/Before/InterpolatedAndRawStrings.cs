using Npgsql;

namespace Shop.Strings;

public static class Connections
{
    private const string Host = "db.internal";

    public static NpgsqlConnection Interpolated(string database) => new($"Host={Host};Database={database}");

    public static NpgsqlConnection Raw() => new(
        """
        Host=db.internal;
        Database=shop;
        Application Name=worker
        """);

    public static NpgsqlConnection Concatenated(string password)
    {
        return new NpgsqlConnection("Host=" + Host + ";Password=" + password);
    }

    public static NpgsqlConnection Constant()
    {
        const string cs = $"Host={Host}";
        var c = new NpgsqlConnection(cs);
        c.Open();
        return c;
    }
}
