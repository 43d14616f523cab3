using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.Replicas;

public sealed class Replicas(string hosts, string user)
{
    static readonly string Standby = ";Target Session Attributes=prefer-standby";

    public NpgsqlConnection Interpolated() => new($"Host={hosts};Username={user};Target Session Attributes=standby");

    public NpgsqlConnection Joined() => new("Host=" + hosts + Standby);

    public NpgsqlDataSource Built()
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = hosts, Username = user, TargetSessionAttributes = "read-only" };
        return NpgsqlDataSource.Create(settings);
    }

    public NpgsqlDataSource Set()
    {
        var builder = new NpgsqlDataSourceBuilder($"Host={hosts}");
        builder.ConnectionStringBuilder.TargetSessionAttributes = "standby";
        return builder.Build();
    }

    public void Use(DbContextOptionsBuilder options) => options.UseNpgsql($"Host={hosts}{Standby}");

    // Whether it leads to the primary is known at run time only: reported, and not rewritten.
    public NpgsqlConnection Either(string target) => new($"Host={hosts};Target Session Attributes={target}");

    public NpgsqlConnection OrPrimary(bool replica)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = hosts };
        settings.TargetSessionAttributes = replica ? "standby" : "primary";
        return new NpgsqlConnection(settings.ConnectionString);
    }
}
