using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Keeps what the guard logs.</summary>
sealed class RecordedLogs : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<Entry> _entries = new();

    public sealed record Entry(LogLevel Level, int Event, string Text);

    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>Whether it fails as a provider that lost its disk does.</summary>
    public bool Throws { get; init; }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _entries.Enqueue(new(logLevel, eventId.Id, formatter(state, exception)));
        if (Throws)
            throw new InvalidOperationException("the log is full");
    }

    public void Dispose()
    {
    }
}
