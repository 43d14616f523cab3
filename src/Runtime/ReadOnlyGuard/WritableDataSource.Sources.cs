using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard;

/// <content>How sources are made, and what holds for all of the process.</content>
public sealed partial class WritableDataSource
{
    // By the string as Npgsql writes it, and by each string that somebody wrote: those that say the same share one source.
    static readonly ConcurrentDictionary<string, Lazy<WritableDataSource>> Shared = new(StringComparer.Ordinal);

    /// <summary>Creates a data source for the servers that a connection string names.</summary>
    /// <param name="connectionString">
    /// An Npgsql connection string; several hosts as <c>Host=db1,db2:5433</c>. <c>Target Session Attributes</c> may be left out: the
    /// guard takes its part.
    /// </param>
    /// <param name="configure">Changes the options; every one has a default.</param>
    /// <exception cref="ArgumentException">
    /// The connection string cannot be read, names no host, or asks for what cannot be written to; or an option is out of range. The
    /// message names the key or option and the remedy, and never shows the password.
    /// </exception>
    public static WritableDataSource Create(string connectionString, Action<WritableDataSourceOptions>? configure = null)
    {
        return Configure(connectionString, static _ => { }, isOwn: true, loggers: null, configure);
    }

    /// <summary>
    /// The data source for this connection string that the whole process shares, as <c>new NpgsqlConnection(connectionString)</c>
    /// shares one pool: strings that say the same share one source. It has the options of <see cref="ConfigureDefaults"/>, lives as long as
    /// the process, and its Dispose does nothing.
    /// </summary>
    /// <param name="connectionString">As for <see cref="Create"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="Create"/>.</exception>
    public static WritableDataSource For(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        if (Shared.TryGetValue(connectionString, out var known))
            return known.Value;

        // Validated before it is remembered: a bad string must fail each time, and leave nothing behind.
        var settings = Internal.Settings.ConnectionString.Parse(connectionString);
        Internal.Settings.ConnectionString.Validate(settings);
        var added = Shared.GetOrAdd(settings.ConnectionString, _ => new(() =>
        {
            var blueprint = Blueprint.OfOwn(new NpgsqlDataSourceBuilder(settings.ConnectionString));
            return new(GuardedCluster.Build(blueprint, SourceDefaults.OfProcess.With()), shared: true);
        }));
        try
        {
            var source = added.Value;
            Shared.TryAdd(connectionString, added);
            return source;
        }
        catch
        {
            // What only Npgsql could refuse: a Lazy would throw the same exception object for ever.
            Shared.TryRemove(KeyValuePair.Create(settings.ConnectionString, added));
            throw;
        }
    }

    /// <summary>
    /// Sets the options that every data source of this process begins with: those of <see cref="For"/>, which takes none, and all others,
    /// whose own options come after. Call it once, where the program starts.
    /// </summary>
    /// <param name="configure">Changes the options; called for each source that is made.</param>
    /// <exception cref="InvalidOperationException">
    /// A data source was made already. The same code may be called again, as by tests that start the whole program several times.
    /// </exception>
    public static void ConfigureDefaults(Action<WritableDataSourceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        SourceDefaults.OfProcess.Configure(configure);
    }

    /// <summary>For the packages that build upon this one.</summary>
    /// <param name="connectionString">As for <see cref="Create"/>.</param>
    /// <param name="configureBuilder">Changes the builder.</param>
    /// <param name="isOwn">Whether that leaves its physical connection initializer, its logger factory and its command filter
    /// alone.</param>
    /// <param name="loggers">Where Npgsql logs.</param>
    /// <param name="configure">Changes the guard's options.</param>
    internal static WritableDataSource Configure(
        string connectionString, Action<NpgsqlDataSourceBuilder> configureBuilder, bool isOwn, ILoggerFactory? loggers,
        Action<WritableDataSourceOptions>? configure)
    {
        var builder = new NpgsqlDataSourceBuilder(ValidConnectionString(connectionString));
        var traffic = TrafficLogs.Of(loggers);
        builder.UseLoggerFactory(traffic);
        configureBuilder(builder);
        return new(GuardedCluster.Build(
            isOwn ? Blueprint.OfOwn(builder, traffic) : Blueprint.Of(builder), SourceDefaults.OfProcess.With(configure)));
    }

    static string ValidConnectionString(string connectionString)
    {
        var settings = Internal.Settings.ConnectionString.Parse(connectionString);
        Internal.Settings.ConnectionString.Validate(settings);
        return settings.ConnectionString;
    }

    /// <summary>
    /// Closes the idle connections of every guarded data source of this process, and the rented ones when they come back: what
    /// <see cref="NpgsqlConnection.ClearAllPools"/> does for pools that are not guarded, before DROP DATABASE for example. Nothing that was
    /// learnt is forgotten.
    /// </summary>
    public static void ClearAll()
    {
        foreach (var source in Living.Keys)
            source.ClearPools();
    }

    static readonly ConcurrentDictionary<WritableDataSource, object?> Living = new();
}
