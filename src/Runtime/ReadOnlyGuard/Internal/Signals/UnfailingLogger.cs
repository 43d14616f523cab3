using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// The application's log, whose failures stay its own: between two steps of a rent an exception would leak a connection or leave a
/// search without its end. What a data source logs says which one it is, in the text and as a scope: a process may have several.
/// </summary>
sealed class UnfailingLogger(ILogger logger, string? source) : ILogger
{
    const string Category = "ReadOnlyGuard", Source = "readonlyguard.source";

    readonly KeyValuePair<string, object?>[] _scope = [new(Source, source)];

    /// <param name="factory">Where to log.</param>
    /// <param name="source">The name of the data source, if it is one that logs.</param>
    public static ILogger Create(ILoggerFactory factory, string? source = null) => new UnfailingLogger(factory.CreateLogger(Category), source);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            using var scope = source is null ? null : logger.BeginScope(_scope);
            logger.Log(logLevel, eventId, state, exception, source is null ? formatter : (state, exception) => $"[{source}] {formatter(state, exception)}");
        }
        catch (Exception)
        {
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);
}
