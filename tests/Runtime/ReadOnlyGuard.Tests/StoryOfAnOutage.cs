using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;
using ReadOnlyGuard.Tests.Model;

namespace ReadOnlyGuard.Tests;

/// <summary>What the log tells of a time without a writable server.</summary>
public sealed class StoryOfAnOutage
{
    readonly FakeTimeProvider _time = new();
    readonly Lines _log = new();
    readonly Outage _outage;
    readonly Server _first, _second;

    public StoryOfAnOutage()
    {
        var options = new WritableDataSourceOptions { TimeProvider = _time };
        var fence = new Fence(_log);
        _first = new ModelPool("db1", new Host(), fence, options).Server;
        _second = new ModelPool("db2", new Host { IsStandby = true, Timeline = 2 }, fence, options).Server;
        _outage = new Outage(_log, new Clock(_time), options.FailoverTimeout, [_first, _second]);
    }

    static readonly Exception Refused = new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused));

    static ServerAnswer Answer(Server server, ServerRole role, Exception? error = null) => server.NotAnswered with { Role = role, Error = error };

    [Fact]
    public void Begins_with_what_the_primary_said_and_ends_with_its_successor_and_who_waited()
    {
        _outage.Began(_first, Answer(_first, ServerRole.Unknown, new NpgsqlException("a connection to it broke")));
        Assert.Empty(_log.Written);
        for (var i = 0; i < 8; i++)
            _outage.Waits(1);
        _outage.Asked(_second, Answer(_second, ServerRole.HotStandby), TimeSpan.Zero);
        _outage.Asked(_first, Answer(_first, ServerRole.Unknown, Refused), TimeSpan.Zero);
        _outage.Asked(_first, Answer(_first, ServerRole.Unknown, Refused), TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(2.1));
        _second.Checker.Judge(new Host { Timeline = 2 }.Row);
        _outage.GaveUp();
        _outage.Ended(_second, TimeSpan.FromSeconds(2.1));
        Assert.Equal(
            [
                (1, $"No writable server is known any more: db1:5432 did not answer: {Refused.InnerException!.Message}. Asking db1:5432, db2:5432; rents wait for up to 30 s"),
                (2, "Writable after 2.1 s: db2:5432 (timeline 2), before db1:5432. At most 8 rents waited at once, 1 gave up"),
            ],
            _log.Written);
    }

    [Fact]
    public void Of_maintenance_says_that_the_server_was_read_only()
    {
        _outage.Began(_first, Answer(_first, ServerRole.ReadOnlyPrimary));
        _outage.Ended(_first, TimeSpan.FromSeconds(3.2));
        Assert.Contains("db1:5432 is set read-only", _log.Written[0].Text, StringComparison.Ordinal);
        Assert.Equal((2, "Writable after 3.2 s: db1:5432, read-only until now. At most 0 rents waited at once, 0 gave up"), _log.Written[1]);
    }

    [Fact]
    public void Is_none_where_a_connection_broke_and_its_server_is_well()
    {
        _outage.Began(_first, Answer(_first, ServerRole.Unknown, new NpgsqlException("a connection to it broke")));
        _outage.Asked(_second, Answer(_second, ServerRole.HotStandby), TimeSpan.Zero);
        _outage.Ended(_first, TimeSpan.Zero);
        Assert.Equal(33, Assert.Single(_log.Written).Event);
    }

    [Fact]
    public void Says_every_ten_seconds_how_it_stands()
    {
        _outage.Waits(1);
        // At the start of the process nothing was lost, and the search may take as long.
        for (var second = 0; second <= 25; second++)
        {
            _outage.Asked(_first, Answer(_first, ServerRole.Unknown, Refused), TimeSpan.FromSeconds(second));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(
            [
                (30, $"Still no writable server after 10 s: db1:5432 did not answer: {Refused.InnerException!.Message}; db2:5432 did not answer in time. 1 rents wait, 0 gave up"),
                (30, $"Still no writable server after 20 s: db1:5432 did not answer: {Refused.InnerException!.Message}; db2:5432 did not answer in time. 1 rents wait, 0 gave up"),
            ],
            _log.Written);
    }

    sealed class Lines : ILogger
    {
        public List<(int Event, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Written.Add((eventId.Id, formatter(state, exception)));
    }
}
