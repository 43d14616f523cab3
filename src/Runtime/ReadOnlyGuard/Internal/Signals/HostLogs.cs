using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// The logger factory of sources that were given none: the host's, as soon as something guarded was built in its container. What the fix
/// writes, <c>WritableDataSource.For(…)</c>, has no container at hand, and may be called before there is one.
/// </summary>
sealed class HostLogs : ILoggerFactory
{
    static volatile ILoggerFactory s_host = NullLoggerFactory.Instance;

    HostLogs()
    {
    }

    public static HostLogs Instance { get; } = new();

    /// <summary>From now on the logs go there. The last host counts: the others may be gone.</summary>
    public static void Adopt(ILoggerFactory? host)
    {
        if (host is not null and not HostLogs)
            s_host = host;
    }

    public ILogger CreateLogger(string categoryName) => new Forwarding(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    sealed class Forwarding(string category) : ILogger
    {
        volatile Target _target = new(NullLoggerFactory.Instance, NullLogger.Instance);

        sealed record Target(ILoggerFactory Host, ILogger Logger);

        ILogger Current
        {
            get
            {
                var host = s_host;
                if (_target.Host != host)
                    _target = new(host, host.CreateLogger(category));
                return _target.Logger;
            }
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Current.Log(logLevel, eventId, state, exception, formatter);

        public bool IsEnabled(LogLevel logLevel) => Current.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => Current.BeginScope(state);
    }
}
