using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using ReadOnlyGuard;
using ReadOnlyGuard.EntityFrameworkCore.Internal;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Makes a context use PostgreSQL through a <see cref="WritableDataSource"/>, and survive a failover.</summary>
/// <remarks>
/// The context's connections are proven writable without blocking, what it saves is run again where nothing of it can have been
/// committed, and a COMMIT that is not answered is a <see cref="CommitOutcomeUnknownException"/>. An execution strategy that the options
/// action sets (<c>EnableRetryOnFailure</c> too) is used in place of the guard's: then it decides what is run again.
/// </remarks>
public static class ReadOnlyGuardDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Configures the context to use the servers that a connection string names, as <c>UseNpgsql</c> does. What the options action maps or
    /// configures (<c>MapEnum</c>, <c>ConfigureDataSource</c>, <c>UseNodaTime</c>) holds for the guarded data source.
    /// </summary>
    /// <param name="optionsBuilder">The builder.</param>
    /// <param name="connectionString">
    /// As for <see cref="WritableDataSource.Create"/>, or <c>Name=ConnectionStrings:Shop</c> for an entry of the application's
    /// configuration. The data source is built once and shared by all contexts with the same options; where nothing has to be configured
    /// and neither the context (<c>UseLoggerFactory</c>) nor the application has logging it is <see cref="WritableDataSource.For"/>.
    /// <see langword="null"/> takes the <see cref="Npgsql.NpgsqlDataSource"/> that is registered with the application's services, as
    /// <c>UseNpgsql</c> does.
    /// </param>
    /// <param name="npgsqlOptionsAction">Npgsql's own options.</param>
    /// <exception cref="ArgumentException">As for <see cref="WritableDataSource.Create"/>.</exception>
    public static DbContextOptionsBuilder UseWritableNpgsql(
        this DbContextOptionsBuilder optionsBuilder, string? connectionString, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        return Guarding.Apply(optionsBuilder, connectionString, npgsqlOptionsAction);
    }

    /// <summary>Configures the context to use a guarded data source.</summary>
    /// <param name="optionsBuilder">The builder.</param>
    /// <param name="dataSource">
    /// The source; whoever made it disposes it. Its own builder maps enums and adds plugins; the options action still has to name them for
    /// the model.
    /// </param>
    /// <param name="npgsqlOptionsAction">Npgsql's own options.</param>
    public static DbContextOptionsBuilder UseWritableNpgsql(
        this DbContextOptionsBuilder optionsBuilder, WritableDataSource dataSource, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return Guarding.Apply(optionsBuilder, dataSource, npgsqlOptionsAction);
    }

    /// <inheritdoc cref="UseWritableNpgsql(DbContextOptionsBuilder, string?, Action{NpgsqlDbContextOptionsBuilder}?)"/>
    public static DbContextOptionsBuilder<TContext> UseWritableNpgsql<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder, string? connectionString, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseWritableNpgsql((DbContextOptionsBuilder)optionsBuilder, connectionString, npgsqlOptionsAction);

    /// <inheritdoc cref="UseWritableNpgsql(DbContextOptionsBuilder, WritableDataSource, Action{NpgsqlDbContextOptionsBuilder}?)"/>
    public static DbContextOptionsBuilder<TContext> UseWritableNpgsql<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder, WritableDataSource dataSource, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseWritableNpgsql((DbContextOptionsBuilder)optionsBuilder, dataSource, npgsqlOptionsAction);
}
