using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// The data source that EF Core's provider sees. Its connections are unopened ones that search for nothing: the context's interceptors
/// wait for the primary before they are opened.
/// </summary>
sealed class ContextDataSource : DbDataSource
{
    static readonly ConditionalWeakTable<WritableDataSource, ContextDataSource> Known = new();

    // Options are built for each context that configures itself: its string is read once.
    static readonly ConcurrentDictionary<string, string> ForClones = new(StringComparer.Ordinal);

    WritableDataSource? _source;

    ContextDataSource(WritableDataSource source) => (_source, ConnectionString) = (source, CloneString(source.ConnectionString));

    /// <exception cref="ArgumentException">What the guard does not take.</exception>
    public ContextDataSource(string connectionString)
    {
        Text = connectionString;
        ConnectionString = ForClones.GetOrAdd(connectionString, static text =>
        {
            var settings = ReadOnlyGuard.Internal.ConnectionString.Parse(text);
            ReadOnlyGuard.Internal.ConnectionString.Validate(settings);
            return CloneString(ReadOnlyGuard.Internal.ConnectionString.Displayable(settings));
        });
    }

    public static ContextDataSource Of(WritableDataSource source) => Known.GetValue(source, static source => new(source));

    /// <summary>What the data source is still to be built of, by the first context.</summary>
    public string? Text { get; }

    public WritableDataSource Source
    {
        get => _source ?? throw new InvalidOperationException("The data source of this context is not built yet.");
        set => _source = value;
    }

    public bool IsBuilt => _source is not null;

    /// <summary>
    /// EF Core clones connections with it, to create and drop databases. Those reach no guard, so Npgsql has to choose between several hosts.
    /// </summary>
    public override string ConnectionString { get; }

    protected override DbConnection CreateDbConnection() => Source.Lent.Create();

    static string CloneString(string displayable)
    {
        var settings = new NpgsqlConnectionStringBuilder(displayable);
        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
            return displayable;
        settings.TargetSessionAttributes ??= "primary";
        settings.HostRecheckSeconds = 0;
        return settings.ConnectionString;
    }
}
