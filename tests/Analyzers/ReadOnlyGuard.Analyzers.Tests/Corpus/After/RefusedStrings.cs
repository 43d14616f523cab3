using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.Refused;

/// <summary>With each of these raw code starts, and guarded code would throw: they are reported, and not rewritten.</summary>
public static class Refused
{
    public static NpgsqlConnection Multiplexed(string connectionString) => new(connectionString + ";Multiplexing=true");

    public static NpgsqlConnection Later()
    {
        var connection = new NpgsqlConnection("");
        connection.ConnectionString = Environment.GetEnvironmentVariable("DB") ?? "";
        return connection;
    }

    public static NpgsqlConnection Copy(string connectionString)
    {
        using var original = new NpgsqlConnection(connectionString);
        return new NpgsqlConnection(original.ConnectionString);
    }

    public static void Named(DbContextOptionsBuilder options) => options.UseWritableNpgsql("Name=ConnectionStrings:Shop");

    public static void Late(DbContextOptionsBuilder options) => options.UseNpgsql((string?)null);
}
