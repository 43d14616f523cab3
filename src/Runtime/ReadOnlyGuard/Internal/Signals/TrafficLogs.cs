using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// Npgsql's log without the guard's own traffic: that goes to categories of its own, <c>ReadOnlyGuard.Npgsql.Command</c> and their like, at
/// level Debug at most.
/// </summary>
sealed class TrafficLogs : ILoggerFactory
{
    readonly ILoggerFactory _loggers;

    TrafficLogs(ILoggerFactory loggers) => _loggers = loggers;

    public static ILoggerFactory? Of(ILoggerFactory? loggers) => loggers is null ? null : new TrafficLogs(loggers);

    public ILogger CreateLogger(string categoryName) => new Sorting(_loggers.CreateLogger(categoryName), _loggers.CreateLogger("ReadOnlyGuard." + categoryName));

    public void AddProvider(ILoggerProvider provider) => _loggers.AddProvider(provider);

    // Whose factory it is disposes it.
    public void Dispose()
    {
    }

    sealed class Sorting(ILogger application, ILogger guard) : ILogger
    {
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (OwnTraffic.IsUnderWay)
                guard.Log(AsOwn(logLevel), eventId, state, exception, formatter);
            else
                application.Log(logLevel, eventId, state, exception, formatter);
        }

        public bool IsEnabled(LogLevel logLevel) => OwnTraffic.IsUnderWay ? guard.IsEnabled(AsOwn(logLevel)) : application.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
            => OwnTraffic.IsUnderWay ? guard.BeginScope(state) : application.BeginScope(state);

        // What is wrong with a server the guard says itself, once.
        static LogLevel AsOwn(LogLevel level) => level > LogLevel.Debug ? LogLevel.Debug : level;
    }
}
