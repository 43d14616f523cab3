using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>Puts the guard into a context's options.</summary>
static class Guarding
{
    public static DbContextOptionsBuilder Apply(
        DbContextOptionsBuilder builder, ContextDataSource dataSource, Action<NpgsqlDbContextOptionsBuilder>? npgsqlOptionsAction)
    {
        builder.UseNpgsql(dataSource, npgsql =>
        {
            // Before the caller's own options, so that a strategy of theirs wins.
            npgsql.ExecutionStrategy(static dependencies => new WritableExecutionStrategy(dependencies));
            npgsqlOptionsAction?.Invoke(npgsql);
        });

        var options = builder.Options.GetExtension<NpgsqlOptionsExtension>();
        var builderOptions = DataSourceOptions.Of(options);
        if (dataSource.Text is null && options.DataSourceBuilderAction is not null)
            throw new InvalidOperationException(
                "ConfigureDataSource was called in the options of a data source that is built already. Configure it on the NpgsqlDataSourceBuilder, before BuildWritable.");

        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        // The provider refuses them beside a data source, and takes them for its own one only.
        if (dataSource.Text is not null)
            infrastructure.AddOrUpdateExtension(options
                .WithDataSourceConfiguration(null!).WithProvideClientCertificatesCallback(null)
                .WithRemoteCertificateValidationCallback(null).WithProvidePasswordCallback(null));
        infrastructure.AddOrUpdateExtension(new GuardOptionsExtension(dataSource, builderOptions));
        return builder;
    }
}
