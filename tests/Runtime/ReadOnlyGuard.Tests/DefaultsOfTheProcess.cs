using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Tests;

/// <summary>What every source begins with, and where those log that nobody gave a logger factory.</summary>
public sealed class DefaultsOfTheProcess
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Come_before_a_sources_own_options()
    {
        var defaults = new SourceDefaults();
        defaults.Configure(options => (options.CheckTimeout, options.FailoverTimeout) = (Second, Second));
        var options = defaults.With(options => options.FailoverTimeout = Minute);
        Assert.Equal((Second, Minute), (options.CheckTimeout, options.FailoverTimeout));
        Assert.Equal(Second, defaults.With().FailoverTimeout);
    }

    [Fact]
    public void Are_refused_once_a_source_was_made_without_them()
    {
        var defaults = new SourceDefaults();
        defaults.With();
        var refusal = Assert.Throws<InvalidOperationException>(() => defaults.Configure(_ => { }));
        Assert.Contains(nameof(WritableDataSource.ConfigureDefaults), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void May_be_set_by_the_same_code_again_as_test_hosts_run_it()
    {
        var defaults = new SourceDefaults();
        foreach (var timeout in new[] { Second, Minute })
        {
            StartProgram(timeout);
            Assert.Equal(timeout, defaults.With().CheckTimeout);
        }

        void StartProgram(TimeSpan timeout) => defaults.Configure(options => options.CheckTimeout = timeout);
    }

    [Fact]
    public void Hold_for_For_which_takes_no_options()
    {
        // A runtime of its own: the defaults of this process are for sources that other tests have made.
        var context = new AssemblyLoadContext(nameof(Hold_for_For_which_takes_no_options), isCollectible: true);
        var type = context.LoadFromAssemblyPath(typeof(WritableDataSource).Assembly.Location).GetType(typeof(WritableDataSource).FullName!)!;
        var called = 0;
        type.GetMethod(nameof(WritableDataSource.ConfigureDefaults))!.Invoke(null, [(Action<object>)(_ => called++)]);
        type.GetMethod(nameof(WritableDataSource.For))!.Invoke(null, ["Host=127.0.0.1"]);
        Assert.Equal(1, called);
        var refusal = Assert.Throws<TargetInvocationException>(
            () => type.GetMethod(nameof(WritableDataSource.ConfigureDefaults))!.Invoke(null, [(Action<object>)(_ => { })]));
        Assert.IsType<InvalidOperationException>(refusal.InnerException);
        context.Unload();
    }

    [Fact]
    public void Log_to_the_last_host_that_built_something_guarded()
    {
        // Made before any host: as the fix writes it, in a static field perhaps.
        var logger = UnfailingLogger.Create(new WritableDataSourceOptions().LoggerFactory);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var logs = new Lines();
            using var host = new ServiceCollection()
                .AddSingleton<ILoggerFactory>(logs)
                .AddWritableNpgsqlDataSource("Host=127.0.0.1")
                .BuildServiceProvider();
            host.GetRequiredService<WritableDataSource>();
            logger.LogWarning("lost");
            // Npgsql's lines come here too, such as its warning of two sources with one connection string.
            Assert.Equal("ReadOnlyGuard: lost", Assert.Single(logs.Written, line => line.StartsWith("ReadOnlyGuard:", StringComparison.Ordinal)));
        }
    }

    sealed class Lines : ILoggerFactory
    {
        public ConcurrentQueue<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, Written);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        sealed class Category(string name, ConcurrentQueue<string> written) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                => written.Enqueue($"{name}: {formatter(state, exception)}");
        }
    }
}
