using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>Puts the guard into a context's options.</summary>
static class Guarding
{
    /// <exception cref="ArgumentException">What the guard does not take.</exception>
    public static DbContextOptionsBuilder Apply(
        DbContextOptionsBuilder builder, string? connectionString, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction)
    {
        // What names an entry of the configuration is read when it is needed; so is what is set later.
        if (connectionString is not null && !connectionString.TrimStart().StartsWith("Name=", StringComparison.OrdinalIgnoreCase))
            ConnectionString.Validate(ConnectionString.Parse(connectionString));
        return WithGuard(builder.UseNpgsql(connectionString, Options(npgsqlOptionsAction)));
    }

    public static DbContextOptionsBuilder Apply(
        DbContextOptionsBuilder builder, WritableDataSource dataSource, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction)
    {
        builder.UseNpgsql(dataSource.AsNpgsqlDataSource(), Options(npgsqlOptionsAction));
        if (builder.Options.GetExtension<NpgsqlOptionsExtension>().DataSourceBuilderAction is not null)
            throw new InvalidOperationException(
                "ConfigureDataSource was called in the options of a data source that is built already. Configure it on the NpgsqlDataSourceBuilder, before BuildWritable.");
        return WithGuard(builder);
    }

    static Action<NpgsqlDbContextOptionsBuilder> Options(Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction) => npgsql =>
    {
        // Before the caller's own options, so that a strategy of theirs wins.
        npgsql.ExecutionStrategy(static dependencies => new WritableExecutionStrategy(dependencies));
        npgsqlOptionsAction?.Invoke(npgsql);
    };

    static DbContextOptionsBuilder WithGuard(DbContextOptionsBuilder builder)
    {
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new GuardOptionsExtension());
        return builder;
    }
}
