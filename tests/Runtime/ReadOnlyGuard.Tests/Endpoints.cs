using Npgsql;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Tests;

public sealed class Endpoints
{
    [Theory]
    [InlineData("Host=a", "a:5432")]
    [InlineData("Host=a,b;Port=5433", "a:5433 b:5433")]
    [InlineData("Host=a:1,b,c:3;Port=2", "a:1 b:2 c:3")]
    [InlineData("Host= a , b ", "a:5432 b:5432")]
    [InlineData("Host=::1", "::1:5432")]
    [InlineData("Host=[::1]", "[::1]:5432")]
    [InlineData("Host=[::1]:5433,127.0.0.1:5434", "[::1]:5433 127.0.0.1:5434")]
    [InlineData("Host=/run/postgresql", "/run/postgresql:5432")]
    [InlineData("Host=/tmp/a:b", "/tmp/a:b:5432")]
    [InlineData("Host=@abstract;Port=6000", "@abstract:6000")]
    public void Are_split_as_Npgsql_splits_them(string connectionString, string expected)
        => Assert.Equal(expected, Split(connectionString));

    [Fact]
    public void That_are_named_twice_count_once()
        => Assert.Equal("a:5432 a:5433 b:5432", Split("Host=a,A:5432,a:5433,b,b"));

    static string Split(string connectionString)
        => string.Join(' ', Endpoint.AllOf(new NpgsqlConnectionStringBuilder(connectionString)).Select(e => $"{e.Host}:{e.Port}"));
}
