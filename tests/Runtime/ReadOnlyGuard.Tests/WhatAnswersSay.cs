using System.Net.Sockets;
using Npgsql;

namespace ReadOnlyGuard.Tests;

/// <summary>Answers and exceptions in words: the server, what it met, and what to do.</summary>
public sealed class WhatAnswersSay
{
    static ServerAnswer NoAnswer(string host, Exception error) => new(host, 5432, ServerRole.Unknown, Error: error);

    static SocketException Socket(SocketError error) => new((int)error);

    [Fact]
    public void The_innermost_failure_is_named_and_not_only_that_there_was_one()
    {
        var refused = Socket(SocketError.ConnectionRefused);
        Assert.Equal($"db1:5432 did not answer: {refused.Message}", NoAnswer("db1", new NpgsqlException("Failed to connect", refused)).ToString());
        Assert.Equal("db1:5432 refuses: 53300: too many", NoAnswer("db1", new PostgresException("too many", "FATAL", "FATAL", "53300")).ToString());
        Assert.Equal("db1:5432 did not answer: InvalidCastException: no", NoAnswer("db1", new InvalidCastException("no")).ToString());
    }

    [Fact]
    public void Names_that_nobody_knows_are_told_from_servers_that_are_down()
    {
        var unknown = new NpgsqlException("x", Socket(SocketError.HostNotFound));
        var none = new NoWritableServerException(TimeSpan.FromSeconds(30), [NoAnswer("db1", unknown), NoAnswer("db2", Socket(SocketError.TryAgain))], mayPass: true);
        Assert.StartsWith($"No host name of the connection string was resolved in 30.0 s: db1, db2 ({unknown.InnerException!.Message}).", none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Promote", none.Message, StringComparison.Ordinal);

        var one = new NoWritableServerException(TimeSpan.Zero, [NoAnswer("db1", unknown), NoAnswer("db2", Socket(SocketError.ConnectionRefused))], mayPass: true);
        Assert.Contains("Promote", one.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_without_an_answer_says_what_came_instead()
    {
        var ended = new PostgresException("terminating connection", "FATAL", "FATAL", "57P01");
        foreach (var cause in new Exception[] { ended, new AggregateException(ended, new TimeoutException()) })
        {
            var unknown = new CommitOutcomeUnknownException("db1", 5432, null, cause);
            Assert.Contains("db1:5432", unknown.Message, StringComparison.Ordinal);
            Assert.Contains("57P01", unknown.Message, StringComparison.Ordinal);
        }
    }
}
