using ReadOnlyGuard;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Settings;

namespace Npgsql;

/// <summary>Builds a <see cref="WritableDataSource"/> from Npgsql's own data source builders.</summary>
public static class ReadOnlyGuardNpgsqlDataSourceBuilderExtensions
{
    /// <summary>
    /// Builds a data source whose connections are proven writable. Everything configured on the builder, such as type mappings, TLS,
    /// password providers and logging, holds for its connections and for the guard's own.
    /// </summary>
    /// <param name="builder">The builder; it is left as it was and can build again.</param>
    /// <param name="configure">Changes the guard's options; every one has a default.</param>
    /// <exception cref="ArgumentException">The connection string asks for what cannot be written to, or an option is out of
    /// range.</exception>
    public static WritableDataSource BuildWritable(
        this NpgsqlDataSourceBuilder builder, Action<WritableDataSourceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new(GuardedCluster.Build(Blueprint.Of(builder), SourceDefaults.OfProcess.With(configure)));
    }

    /// <inheritdoc cref="BuildWritable(NpgsqlDataSourceBuilder, Action{WritableDataSourceOptions})"/>
    public static WritableDataSource BuildWritable(
        this NpgsqlSlimDataSourceBuilder builder, Action<WritableDataSourceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new(GuardedCluster.Build(Blueprint.Of(builder), SourceDefaults.OfProcess.With(configure)));
    }
}
