using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>The guard as one of a context's options; brings its services into EF Core's own.</summary>
sealed class GuardOptionsExtension : IDbContextOptionsExtension
{
    public DbContextOptionsExtensionInfo Info => new Description(this);

    public void ApplyServices(IServiceCollection services)
    {
        // The provider's own, if it is registered already or will be, is not taken.
        services.AddSingleton<NpgsqlDataSourceManager, GuardedDataSources>();
        services.AddScoped<INpgsqlRelationalConnection, GuardedRelationalConnection>();
        services.AddSingleton<IRelationalTransactionFactory, GuardedTransactions>();
        services.AddScoped<ContextGuard>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Scoped<IInterceptor, NotesConnections>(),
            ServiceDescriptor.Scoped<IInterceptor, NotesStatements>(),
            ServiceDescriptor.Scoped<IInterceptor, SavesInTransaction>(),
        ]);
    }

    public void Validate(IDbContextOptions options)
    {
        if (options.FindExtension<CoreOptionsExtension>()?.InternalServiceProvider is not null)
            throw new InvalidOperationException(
                "UseWritableNpgsql adds services to EF Core's own, and UseInternalServiceProvider leaves no room for them. Remove UseInternalServiceProvider, or use UseNpgsql(writableDataSource.AsNpgsqlDataSource()), which guards the connections alone.");
    }

    sealed class Description(GuardOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;
        public override string LogFragment => "ReadOnlyGuard ";
        public override int GetServiceProviderHashCode() => 0;
        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is Description;
        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["ReadOnlyGuard"] = "1";
    }
}
