using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// The application's log, whose failures stay its own: between two steps of a rent an exception would leak a connection or leave a
/// search without its end.
/// </summary>
sealed class UnfailingLogger(ILogger logger) : ILogger
{
    public static ILogger Create(ILoggerFactory factory) => new UnfailingLogger(factory.CreateLogger("ReadOnlyGuard"));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
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
