using System.Net.Sockets;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Tests;

public sealed class ErrorCodes
{
    [Theory]
    [InlineData("57P01", true)] // admin_shutdown
    [InlineData("57P03", true)] // cannot_connect_now: starting up
    [InlineData("53300", true)] // too_many_connections
    [InlineData("08P01", true)] // what PgBouncer answers without a server
    [InlineData("28P01", false)] // invalid_password
    [InlineData("3D000", false)] // invalid_catalog_name
    [InlineData("42501", false)] // insufficient_privilege
    public void Tell_whether_waiting_can_help(string sqlState, bool mayPass)
        => Assert.Equal(mayPass, Failures.MayPass(new PostgresException("", "FATAL", "FATAL", sqlState)));

    [Fact]
    public void A_refused_or_broken_connection_may_pass()
    {
        Assert.True(Failures.MayPass(new NpgsqlException("", new SocketException((int)SocketError.ConnectionRefused))));
        Assert.True(Failures.MayPass(new NpgsqlException("", new IOException())));
        Assert.True(Failures.MayPass(new NpgsqlException("", new TimeoutException())));
        Assert.False(Failures.MayPass(new NpgsqlException("", new System.Security.Authentication.AuthenticationException())));
        Assert.False(Failures.MayPass(new ArgumentException()));
    }

    [Theory]
    [InlineData("25006", true)]
    [InlineData("0A000", true)]
    [InlineData("25P02", false)]
    [InlineData("40001", false)]
    public void Tell_what_looks_like_a_read_only_server(string sqlState, bool readOnly)
        => Assert.Equal(readOnly, SqlStates.MeansReadOnly(sqlState));
}
