using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// A context's connection, whose connection string is the application's own. EF Core clones connections with it, to see whether a database
/// exists, to create and to drop it: those reach no guard, and with the waiting room among their hosts the provider would not see what the
/// server answered.
/// </summary>
sealed class GuardedRelationalConnection(RelationalConnectionDependencies dependencies, NpgsqlDataSourceManager sources, IDbContextOptions options)
    : NpgsqlRelationalConnection(dependencies, WithLogs(sources, options), options)
{
    static readonly ConditionalWeakTable<WritableDataSource, string> Strings = new();

    // The base class's constructor has the source made, where the context's own options are out of reach.
    static NpgsqlDataSourceManager WithLogs(NpgsqlDataSourceManager sources, IDbContextOptions options)
    {
        if (sources is GuardedDataSources guarded && options.FindExtension<CoreOptionsExtension>()?.LoggerFactory is { } loggers)
            guarded.LoggerFactory = loggers;
        return sources;
    }

    public override string? ConnectionString
    {
        get => DataSource is NpgsqlDataSource given && WritableDataSource.Behind(given) is { } guarded
            ? Strings.GetValue(guarded, static source => ForClones(source.ConnectionString)) : base.ConnectionString;
        set => base.ConnectionString = value;
    }

    // A server's own refusal (a missing database, above all) is thrown as it is, as from a source with one host: EF Core decides by it.
    protected override void OpenDbConnection(bool errorsExpected)
    {
        try
        {
            base.OpenDbConnection(errorsExpected);
        }
        catch (NpgsqlException e) when (Refusal(e) is { } refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
        }
    }

    protected override async Task OpenDbConnectionAsync(bool errorsExpected, CancellationToken cancellationToken)
    {
        try
        {
            await base.OpenDbConnectionAsync(errorsExpected, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (Refusal(e) is { } refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
        }
    }

    static PostgresException? Refusal(NpgsqlException failure) => failure.InnerException is AggregateException { InnerExceptions: var hosts }
        ? hosts.OfType<PostgresException>().FirstOrDefault(host => !Failures.MayPass(host) && !Failures.MeansWaitedInVain(host)) : null;

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
