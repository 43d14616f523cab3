using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// A context's connection, whose connection string is the application's own. EF Core clones connections with it, to see whether a database exists,
/// to create and to drop it: those reach no guard, and with the waiting room among their hosts the provider would not see what the server answered.
/// </summary>
sealed class GuardedRelationalConnection(RelationalConnectionDependencies dependencies, NpgsqlDataSourceManager sources, IDbContextOptions options)
    : NpgsqlRelationalConnection(dependencies, sources, options)
{
    static readonly ConditionalWeakTable<WritableDataSource, string> Strings = new();

    public override string? ConnectionString
    {
        get => DataSource is NpgsqlDataSource given && WritableDataSource.Behind(given) is { } guarded
            ? Strings.GetValue(guarded, static source => ForClones(source.ConnectionString)) : base.ConnectionString;
        set => base.ConnectionString = value;
    }

    /// <summary>With several hosts Npgsql has to choose between them.</summary>
    static string ForClones(string displayable)
    {
        var settings = new NpgsqlConnectionStringBuilder(displayable);
        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
            return displayable;
        settings.TargetSessionAttributes ??= "primary";
        settings.HostRecheckSeconds = 0;
        return settings.ConnectionString;
    }
}
