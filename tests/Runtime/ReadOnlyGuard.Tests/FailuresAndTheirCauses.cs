using System.Net.Sockets;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Tests;

/// <summary>The one table of failures looks behind what wraps them, and beside them.</summary>
public sealed class FailuresAndTheirCauses
{
    static readonly Exception Unknown = new CommitOutcomeUnknownException("db1", 5432, null, new IOException());

    [Theory]
    [InlineData("40001", nameof(Failure.Conflict))]
    [InlineData("40P01", nameof(Failure.Conflict))]
    [InlineData("57P01", nameof(Failure.GoingAway))]
    [InlineData("25006", nameof(Failure.ReadOnly))]
    [InlineData("0A000", nameof(Failure.PerhapsReadOnly))]
    [InlineData("25P02", nameof(Failure.PerhapsReadOnly))]
    [InlineData("ROG01", nameof(Failure.NoWritableServer))]
    [InlineData("23505", nameof(Failure.Other))]
    public void Are_the_servers_words_however_they_are_wrapped(string sqlState, string expected)
    {
        Exception error = Answer(sqlState);
        foreach (var wrapped in (Exception[])[error, new InvalidOperationException("", error), new AggregateException(new ArgumentException(), new AggregateException(error))])
            Assert.Equal(expected, Failures.Of(wrapped).ToString());
    }

    [Fact]
    public void Are_an_unknown_COMMIT_wherever_it_hides()
    {
        foreach (var hidden in (Exception[])
            [Unknown, new AggregateException(Answer("40001"), Unknown), new InvalidOperationException("", new AggregateException(new IOException(), new ArgumentException("", Unknown))),
                new NpgsqlException("", new AggregateException(Answer("57P03"), Unknown)), new OperationCanceledException("", Unknown)])
            Assert.Equal(Failure.UnknownCommit, Failures.Of(hidden));
    }

    [Fact]
    public void Are_a_broken_connection_or_hosts_that_cannot_be_reached()
    {
        Assert.Equal(Failure.Broken, Failures.Of(new NpgsqlException("", new IOException())));
        Assert.Equal(Failure.Broken, Failures.Of(new NpgsqlException("", new AggregateException(Refused(), Answer("57P03")))));
        Assert.Equal(Failure.NoWritableServer, Failures.Of(new NpgsqlException("", new AggregateException(Refused(), Answer("ROG01")))));
        Assert.Equal(Failure.Other, Failures.Of(new NpgsqlException("", new TimeoutException())));
        Assert.Equal(Failure.Other, Failures.Of(new IOException()));
    }

    [Fact]
    public void Are_what_the_guard_says_and_not_what_made_it_say_so()
    {
        var answer = new ServerAnswer("db1", 5432, ServerRole.Unknown, Error: Answer("57P03"));
        Assert.Equal(Failure.NoWritableServer, Failures.Of(new NoWritableServerException(TimeSpan.Zero, [answer], mayPass: true)));
        Assert.Equal(Failure.Refused, Failures.Of(new ReadOnlyServerException(answer, "")));
    }

    static PostgresException Answer(string sqlState) => new("", "ERROR", "ERROR", sqlState);

    static NpgsqlException Refused() => new("", new SocketException((int)SocketError.ConnectionRefused));
}
