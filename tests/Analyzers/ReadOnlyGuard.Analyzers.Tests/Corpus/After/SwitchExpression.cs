using System.Data.Common;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Switches;

public enum Target { Main, Audit, Reports }

public class Connections
{
    public required string Main { get; init; }
    public string? Audit { get; init; }

    public DbConnection For(Target target) => target switch
    {
        Target.Main => WritableDataSource.For(Main).CreateConnection(),
        Target.Audit when Audit is not null => WritableDataSource.For(Audit).CreateConnection(),
        Target.Reports => new NpgsqlConnection("Host=reports;Target Session Attributes=read-only"),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    public DbConnection Either(bool audit) => audit ? WritableDataSource.For(Audit!).CreateConnection() : WritableDataSource.For(Main).CreateConnection();
}
