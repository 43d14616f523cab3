using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Settings;

/// <summary>
/// A data source builder, as far as the guard builds with it: the application's own, or one that nobody else has seen. What is changed for
/// one data source is put back for the next.
/// </summary>
sealed class Blueprint
{
    readonly Func<NpgsqlDataSource> _build;
    readonly Action<string?> _setName;
    readonly Action<bool> _silence;
    readonly Action<Action<NpgsqlConnection>?, Func<NpgsqlConnection, Task>?>? _initialize;
    readonly object _building = new();
    Use _use;

    /// <summary>What the next data source is for; its tracing is configured when it is built.</summary>
    enum Use
    {
        /// <summary>Not the guard's business.</summary>
        Other,

        /// <summary>The application's connections, which the guard checks.</summary>
        Connections,

        /// <summary>The guard's own questions.</summary>
        Questions,
    }

    Blueprint(
        NpgsqlConnectionStringBuilder settings, string? name, Func<NpgsqlDataSource> build, Action<string?> setName, Action<Action<NpgsqlTracingOptionsBuilder>> trace,
        Action<bool> silence, Action<Action<NpgsqlConnection>?, Func<NpgsqlConnection, Task>?>? initialize)
    {
        (Settings, Name, _build, _setName, _silence, _initialize) = (settings, name, build, setName, silence, initialize);
        trace(tracing =>
        {
            if (_use == Use.Questions)
                OwnTraffic.Untrace(tracing);
            // A filter of the application's own would be lost.
            else if (_use == Use.Connections && initialize is not null)
                tracing.ConfigureCommandFilter(static _ => !OwnTraffic.IsUnderWay);
        });
    }

    /// <summary>
    /// Of the application's builder, which may have an initializer, a logger factory and a command filter: they are kept.
    /// </summary>
    public static Blueprint Of(NpgsqlDataSourceBuilder builder) => new(
        builder.ConnectionStringBuilder, builder.Name, builder.Build, name => builder.Name = name, trace => builder.ConfigureTracing(trace), silence: static _ => { }, initialize: null);

    /// <inheritdoc cref="Of(NpgsqlDataSourceBuilder)"/>
    public static Blueprint Of(NpgsqlSlimDataSourceBuilder builder) => new(
        builder.ConnectionStringBuilder, builder.Name, builder.Build, name => builder.Name = name, trace => builder.ConfigureTracing(trace), silence: static _ => { }, initialize: null);

    /// <summary>Of a builder that nobody else has seen.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="loggers">What it was given to log to; Npgsql's own for the whole process if <see langword="null"/>.</param>
    public static Blueprint OfOwn(NpgsqlDataSourceBuilder builder, ILoggerFactory? loggers = null) => new(
        builder.ConnectionStringBuilder, builder.Name, builder.Build, name => builder.Name = name, trace => builder.ConfigureTracing(trace),
        silent => builder.UseLoggerFactory(silent && loggers is null ? NullLoggerFactory.Instance : loggers),
        (initializer, asyncInitializer) => builder.UsePhysicalConnectionInitializer(initializer, asyncInitializer));

    /// <inheritdoc cref="OfOwn(NpgsqlDataSourceBuilder, ILoggerFactory?)"/>
    public static Blueprint OfOwn(NpgsqlSlimDataSourceBuilder builder, ILoggerFactory? loggers = null) => new(
        builder.ConnectionStringBuilder, builder.Name, builder.Build, name => builder.Name = name, trace => builder.ConfigureTracing(trace),
        silent => builder.UseLoggerFactory(silent && loggers is null ? NullLoggerFactory.Instance : loggers),
        (initializer, asyncInitializer) => builder.UsePhysicalConnectionInitializer(initializer, asyncInitializer));

    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>The builder's name, which Npgsql's metrics show; most leave it out.</summary>
    public string? Name { get; }

    /// <summary>Whether the builder's one place for a physical connection initializer is the guard's.</summary>
    public bool IsOwn => _initialize is not null;

    /// <summary>Builds a data source of the application's connections.</summary>
    /// <param name="connectionString">Its own.</param>
    /// <param name="name">Its own; <see langword="null"/> for its connection string.</param>
    /// <param name="initializer">Called for each new physical connection, where the place is free.</param>
    /// <param name="asyncInitializer">The same for one that is opened asynchronously.</param>
    public NpgsqlDataSource Build(
        string connectionString, string? name, Action<NpgsqlConnection> initializer, Func<NpgsqlConnection, Task> asyncInitializer)
    {
        lock (_building)
        {
            _initialize?.Invoke(initializer, asyncInitializer);
            try
            {
                return Build(connectionString, name, Use.Connections);
            }
            finally
            {
                _initialize?.Invoke(null, null);
            }
        }
    }

    /// <summary>
    /// Builds a data source of the guard's own questions, which are neither logged nor traced as the application's commands.
    /// </summary>
    public NpgsqlDataSource BuildForQuestions(string connectionString, string name)
    {
        lock (_building)
        {
            _silence(true);
            try
            {
                return Build(connectionString, name, Use.Questions);
            }
            finally
            {
                _silence(false);
            }
        }
    }

    NpgsqlDataSource Build(string connectionString, string? name, Use use)
    {
        var original = Settings.ConnectionString;
        Settings.ConnectionString = connectionString;
        _setName(name);
        _use = use;
        try
        {
            return _build();
        }
        finally
        {
            _use = Use.Other;
            _setName(Name);
            Settings.ConnectionString = original;
        }
    }
}
