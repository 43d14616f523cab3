using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers a <see cref="WritableDataSource"/>, with the parameters of Npgsql's own <c>AddNpgsqlDataSource</c> and
/// <c>AddNpgsqlSlimDataSource</c> in their order.
/// </summary>
/// <remarks>
/// Registered, where not yet there: <see cref="WritableDataSource"/>, <see cref="NpgsqlDataSource"/> (the guarded one),
/// <see cref="DbDataSource"/>, <see cref="NpgsqlConnection"/> and <see cref="DbConnection"/>. The container's logger factory is used, by
/// Npgsql and by the guard.
/// </remarks>
public static class ReadOnlyGuardServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="WritableDataSource"/> and unopened connections of it.</summary>
    /// <param name="serviceCollection">The services to add to.</param>
    /// <param name="connectionString">As for <see cref="WritableDataSource.Create"/>.</param>
    /// <param name="connectionLifetime">Of the connections: transient by default.</param>
    /// <param name="dataSourceLifetime">Of the data source: singleton by default, as its pool and what it learns should be.</param>
    /// <param name="serviceKey">Makes the registrations keyed ones.</param>
    /// <param name="configure">Changes the guard's options; every one has a default.</param>
    public static IServiceCollection AddWritableNpgsqlDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
    {
        Validate(connectionString);
        return Add(serviceCollection, (_, loggers) => WritableDataSource.Configure(
            connectionString, static _ => { }, isOwn: true, loggers, With(configure, loggers)),
            connectionLifetime, dataSourceLifetime, serviceKey);
    }

    /// <inheritdoc cref="AddWritableNpgsqlDataSource(IServiceCollection, string, ServiceLifetime, ServiceLifetime, object?,
    /// Action{WritableDataSourceOptions}?)"/>
    /// <param name="dataSourceBuilderAction">Configures the builder: type mappings, TLS, password providers.</param>
    public static IServiceCollection AddWritableNpgsqlDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        Action<NpgsqlDataSourceBuilder> dataSourceBuilderAction,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
        => serviceCollection.AddWritableNpgsqlDataSource(
            connectionString, (_, builder) => dataSourceBuilderAction(builder), connectionLifetime, dataSourceLifetime, serviceKey, configure);

    /// <inheritdoc cref="AddWritableNpgsqlDataSource(IServiceCollection, string, Action{NpgsqlDataSourceBuilder}, ServiceLifetime,
    /// ServiceLifetime, object?, Action{WritableDataSourceOptions}?)"/>
    public static IServiceCollection AddWritableNpgsqlDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        Action<IServiceProvider, NpgsqlDataSourceBuilder> dataSourceBuilderAction,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
        => Add(serviceCollection, (services, loggers) =>
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            builder.UseLoggerFactory(TrafficLogs.Of(loggers));
            dataSourceBuilderAction(services, builder);
            return builder.BuildWritable(With(configure, loggers));
        }, connectionLifetime, dataSourceLifetime, serviceKey);

    /// <inheritdoc cref="AddWritableNpgsqlDataSource(IServiceCollection, string, ServiceLifetime, ServiceLifetime, object?,
    /// Action{WritableDataSourceOptions}?)"/>
    public static IServiceCollection AddWritableNpgsqlSlimDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
    {
        Validate(connectionString);
        return Add(serviceCollection, (_, loggers) =>
        {
            var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
            var traffic = TrafficLogs.Of(loggers);
            builder.UseLoggerFactory(traffic);
            return new(GuardedCluster.Build(Blueprint.OfOwn(builder, traffic), SourceDefaults.OfProcess.With(With(configure, loggers))));
        }, connectionLifetime, dataSourceLifetime, serviceKey);
    }

    /// <inheritdoc cref="AddWritableNpgsqlDataSource(IServiceCollection, string, Action{NpgsqlDataSourceBuilder}, ServiceLifetime,
    /// ServiceLifetime, object?, Action{WritableDataSourceOptions}?)"/>
    public static IServiceCollection AddWritableNpgsqlSlimDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        Action<NpgsqlSlimDataSourceBuilder> dataSourceBuilderAction,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
        => serviceCollection.AddWritableNpgsqlSlimDataSource(
            connectionString, (_, builder) => dataSourceBuilderAction(builder), connectionLifetime, dataSourceLifetime, serviceKey, configure);

    /// <inheritdoc cref="AddWritableNpgsqlDataSource(IServiceCollection, string, Action{NpgsqlDataSourceBuilder}, ServiceLifetime,
    /// ServiceLifetime, object?, Action{WritableDataSourceOptions}?)"/>
    public static IServiceCollection AddWritableNpgsqlSlimDataSource(
        this IServiceCollection serviceCollection,
        string connectionString,
        Action<IServiceProvider, NpgsqlSlimDataSourceBuilder> dataSourceBuilderAction,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        ServiceLifetime dataSourceLifetime = ServiceLifetime.Singleton,
        object? serviceKey = null,
        Action<WritableDataSourceOptions>? configure = null)
        => Add(serviceCollection, (services, loggers) =>
        {
            var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
            builder.UseLoggerFactory(TrafficLogs.Of(loggers));
            dataSourceBuilderAction(services, builder);
            return builder.BuildWritable(With(configure, loggers));
        }, connectionLifetime, dataSourceLifetime, serviceKey);

    // A bad string fails where it was written, and not at the first request; unless a builder action may still complete it.
    static void Validate(string connectionString) => ConnectionString.Validate(ConnectionString.Parse(connectionString));

    static Action<WritableDataSourceOptions> With(Action<WritableDataSourceOptions>? configure, ILoggerFactory? loggers) => options =>
    {
        if (loggers is not null)
            options.LoggerFactory = loggers;
        configure?.Invoke(options);
    };

    static IServiceCollection Add(
        IServiceCollection services, Func<IServiceProvider, ILoggerFactory?, WritableDataSource> build,
        ServiceLifetime connectionLifetime, ServiceLifetime dataSourceLifetime, object? key)
    {
        ArgumentNullException.ThrowIfNull(services);
        Register(dataSourceLifetime, static (sp, _, build) =>
        {
            var loggers = sp.GetService<ILoggerFactory>();
            HostLogs.Adopt(loggers);
            return build(sp, loggers);
        });
        Register<NpgsqlDataSource>(dataSourceLifetime, static (sp, key, _) => Required<WritableDataSource>(sp, key).AsNpgsqlDataSource());
        Register<DbDataSource>(dataSourceLifetime, static (sp, key, _) => Required<WritableDataSource>(sp, key));
        Register(connectionLifetime, static (sp, key, _) => Required<WritableDataSource>(sp, key).CreateConnection());
        Register<DbConnection>(connectionLifetime, static (sp, key, _) => Required<NpgsqlConnection>(sp, key));
        return services;

        // The key of the resolution, not of the registration: that may be KeyedService.AnyKey.
        void Register<T>(ServiceLifetime lifetime, Func<IServiceProvider, object?, Func<IServiceProvider, ILoggerFactory?, WritableDataSource>, T> factory)
            where T : class
            => services.TryAdd(key is null
                ? new ServiceDescriptor(typeof(T), sp => factory(sp, null, build), lifetime)
                : new ServiceDescriptor(typeof(T), key, (sp, resolved) => factory(sp, resolved, build), lifetime));
    }

    static T Required<T>(IServiceProvider services, object? key) where T : notnull
        => key is null ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(key);
}
