using System.Data.Common;
using Npgsql;

namespace Shop.Switches;

public enum Target { Main, Audit, Reports }

public class Connections
{
    public required string Main { get; init; }
    public string? Audit { get; init; }

    public DbConnection For(Target target) => target switch
    {
        Target.Main => new NpgsqlConnection(Main),
        Target.Audit when Audit is not null => new NpgsqlConnection(Audit),
        Target.Reports => new NpgsqlConnection("Host=reports;Target Session Attributes=read-only"),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    public DbConnection Either(bool audit) => audit ? new NpgsqlConnection(Audit!) : new NpgsqlConnection(Main);
}
