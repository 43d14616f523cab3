using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Keeps what is logged, by the guard and by whoever else is given it.</summary>
sealed class RecordedLogs : ILoggerFactory
{
    readonly ConcurrentQueue<Entry> _entries = new();

    /// <param name="Category">Who logged it; the guard is <c>ReadOnlyGuard</c>.</param>
    /// <param name="Scopes">What was true of all that was logged there and then.</param>
    public sealed record Entry(string Category, LogLevel Level, int Event, string Text, IReadOnlyList<object> Scopes);

    public IReadOnlyCollection<Entry> Entries => _entries;

    public IEnumerable<Entry> OfGuard => _entries.Where(entry => entry.Category == "ReadOnlyGuard");

    /// <summary>Whether it fails as a provider that lost its disk does.</summary>
    public bool Throws { get; init; }

    public LogLevel Least { get; init; }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    sealed class Category(RecordedLogs logs, string name) : ILogger
    {
        readonly AsyncLocal<Scope?> _scope = new();

        sealed record Scope(object State, Scope? Outer, Action<Scope?> Leave) : IDisposable
        {
            public void Dispose() => Leave(Outer);
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
            => _scope.Value = new(state, _scope.Value, outer => _scope.Value = outer);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= logs.Least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<object>();
            for (var scope = _scope.Value; scope is not null; scope = scope.Outer)
                scopes.Add(scope.State);
            logs._entries.Enqueue(new(name, logLevel, eventId.Id, formatter(state, exception), scopes));
            if (logs.Throws)
                throw new InvalidOperationException("the log is full");
        }
    }
}
