using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.OpenedConnectionIsNotOpenedAgain, ReadOnlyGuard.CodeFixes.OpenedConnectionIsNotOpenedAgainFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class SecondOpenIsRemoved
{
    [Fact]
    public Task With_its_await_and_its_line() => Code.IsFixedInClass("""
        async Task Run(NpgsqlDataSource s, CancellationToken cancellationToken)
        {
            await using var a = await s.OpenConnectionAsync(cancellationToken);
            await [|a.OpenAsync(cancellationToken)|].ConfigureAwait(false);
            using (var b = s.OpenConnection())
            {
                [|b.Open()|];

                b.CreateCommand();
            }
        }
    """, """
        async Task Run(NpgsqlDataSource s, CancellationToken cancellationToken)
        {
            await using var a = await s.OpenConnectionAsync(cancellationToken);
            using (var b = s.OpenConnection())
            {
                b.CreateCommand();
            }
        }
    """);

    [Fact]
    public Task And_comments_stay() => Code.IsFixedInClass("""
        void Run(NpgsqlDataSource s)
        {
            var a = s.OpenConnection();
            // now
            [|a.Open()|]; // again
            a.CreateCommand();
        }
    """, """
        void Run(NpgsqlDataSource s)
        {
            var a = s.OpenConnection();
            // now
            // again
            a.CreateCommand();
        }
    """);

    [Fact]
    public Task In_top_level_statements() => Code.IsFixed("""
        using Npgsql;

        using var source = NpgsqlDataSource.Create(args[0]);
        using var connection = source.OpenConnection();
        [|connection.Open()|];
        connection.CreateCommand();

        """, """
        using Npgsql;

        using var source = NpgsqlDataSource.Create(args[0]);
        using var connection = source.OpenConnection();
        connection.CreateCommand();

        """, Testing.Code.TopLevel);

    [Theory]
    [InlineData("void Run(NpgsqlDataSource s) { [|s.OpenConnection().Open()|]; }")]
    [InlineData("void Run(NpgsqlDataSource s, bool b) { var c = s.OpenConnection(); if (b) [|c.Open()|]; }")]
    [InlineData("Task Run(NpgsqlDataSource s) { var c = s.OpenConnection(); return [|c.OpenAsync()|]; }")]
    [InlineData("async Task Run(NpgsqlDataSource s) { var c = s.OpenConnection(); await [|c.OpenAsync()|]; }")]
    public Task But_not_where_that_would_change_more(string member) => Code.IsNotFixedInClass(member);

    [Fact]
    public Task And_no_empty_line_is_left_behind_a_brace() => Code.IsFixedInClass("""
        void Run(ReadOnlyGuard.WritableDataSource source)
        {
            using (var connection = source.OpenConnection())
            {
                [|connection.Open()|];

                using var command = connection.CreateCommand();
            }
        }
    """, """
        void Run(ReadOnlyGuard.WritableDataSource source)
        {
            using (var connection = source.OpenConnection())
            {
                using var command = connection.CreateCommand();
            }
        }
    """);
}
