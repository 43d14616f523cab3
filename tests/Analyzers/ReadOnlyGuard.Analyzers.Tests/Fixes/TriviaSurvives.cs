using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class TriviaSurvives
{
    [Theory]
    [InlineData(
        """
                // one
                using var c = [|new NpgsqlConnection(cs)|]; // two
                // three
                c.Open();
                // four
                Console.WriteLine();
        """,
        """
                // one
                using var c = WritableDataSource.For(cs).OpenConnection(); // two
                // three
                // four
                Console.WriteLine();
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|];
                c.Open(); // waits

                Console.WriteLine();
        """,
        """
                using var c = WritableDataSource.For(cs).OpenConnection();
                // waits

                Console.WriteLine();
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|]; // one
                // two
                c.Open(); // three
                Console.WriteLine();
        """,
        """
                using var c = WritableDataSource.For(cs).OpenConnection(); // one
                // two
                // three
                Console.WriteLine();
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|];

                c.Open();

                Console.WriteLine();
        """,
        """
                using var c = WritableDataSource.For(cs).OpenConnection();

                Console.WriteLine();
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|]; c.Open();
                Console.WriteLine();
        """,
        """
                using var c = WritableDataSource.For(cs).OpenConnection();
                Console.WriteLine();
        """)]
    [InlineData(
        """
                using (var c = [|new NpgsqlConnection(cs)|]) { c.Open(); Console.WriteLine(); }
        """,
        """
                using (var c = WritableDataSource.For(cs).OpenConnection()) { Console.WriteLine(); }
        """)]
    [InlineData(
        """
                using (var c = [|new NpgsqlConnection(cs)|]) // one
                { // two
                    // three
                    c.Open();
                }
        """,
        """
                using (var c = WritableDataSource.For(cs).OpenConnection()) // one
                { // two
                    // three
                }
        """)]
    [InlineData(
        """
                using var c = /* a */ [|new /* b */ NpgsqlConnection( /* c */ cs /* d */ )|] /* e */;
        """,
        """
                using var c = /* a */ WritableDataSource.For(/* b */  /* c */ cs /* d */ ).CreateConnection() /* e */;
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(
                    cs // the main one
                )|];
                c.Open( /* now */ );
        """,
        """
                using var c = WritableDataSource.For(
                    cs // the main one
                ).OpenConnection( /* now */ );
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection
                {
                    // the main one
                    ConnectionString = cs,
                }|];
        """,
        """
                using var c = WritableDataSource.For(// the main one
        cs).CreateConnection();
        """)]
    public Task As_comments_and_empty_lines(string before, string after) => RawConnection.IsFixedInClass(Run(before), Run(after));

    [Fact]
    public Task As_a_chain_over_several_lines() => RawConnection.IsFixedInClass(
        """
            async Task Run(string cs, CancellationToken ct)
            {
                await using var c = [|new NpgsqlConnection(cs)|];
                await c
                    .OpenAsync(ct)
                    .ConfigureAwait(false);
            }
        """,
        """
            async Task Run(string cs, CancellationToken ct)
            {
                await using var c = await WritableDataSource.For(cs)
                    .OpenConnectionAsync(ct)
                    .ConfigureAwait(false);
            }
        """);

    [Theory]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|];
        #if !LAZY
                c.Open();
        #endif
        """,
        """
                using var c = WritableDataSource.For(cs).CreateConnection();
        #if !LAZY
                c.Open();
        #endif
        """)]
    [InlineData(
        """
        #if NEVER
                using var c = new NpgsqlConnection("");
        #else
                using var c = [|new NpgsqlConnection(cs)|];
        #endif
                c.Open();
        """,
        """
        #if NEVER
                using var c = new NpgsqlConnection("");
        #else
                using var c = WritableDataSource.For(cs).CreateConnection();
        #endif
                c.Open();
        """)]
    [InlineData(
        """
        #if !NEVER
                using var c = [|new NpgsqlConnection(cs)|];
                c.Open();
        #else
                using var c = new NpgsqlConnection("");
        #endif
        """,
        """
        #if !NEVER
                using var c = WritableDataSource.For(cs).OpenConnection();
        #else
                using var c = new NpgsqlConnection("");
        #endif
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(
        #if NEVER
                    "Host=a"
        #else
                    cs
        #endif
                    )|];
                c.Open();
        """,
        """
                using var c = WritableDataSource.For(
        #if NEVER
                    "Host=a"
        #else
                    cs
        #endif
                    ).OpenConnection();
        """)]
    [InlineData(
        """
                using var c = [|new NpgsqlConnection(cs)|];
        #pragma warning disable CA1849
                c.Open();
        #pragma warning restore CA1849
        """,
        """
                using var c = WritableDataSource.For(cs).CreateConnection();
        #pragma warning disable CA1849
                c.Open();
        #pragma warning restore CA1849
        """)]
    public Task As_directives(string before, string after) => RawConnection.IsFixedInClass(Run(before), Run(after));

    static string Run(string body) => $"    void Run(string cs)\n    {{\n{body}\n    }}";

    [Fact]
    public Task And_no_empty_line_is_left_behind_a_brace() => RawConnection.IsFixedInClass("""
        void Run(string cs)
        {
            using (var a = [|new NpgsqlConnection(cs)|])
            {
                a.Open();

                // then
                a.CreateCommand();
            }
            using (var b = [|new NpgsqlConnection(cs)|])
            {
                // kept
                b.Open();

                b.CreateCommand();
            }
            using (var c = [|new NpgsqlConnection(cs)|])
            {
                c.Open();

            }
            using var d = [|new NpgsqlConnection(cs)|];
            d.Open();

            d.CreateCommand();
        }
    """, """
        void Run(string cs)
        {
            using (var a = WritableDataSource.For(cs).OpenConnection())
            {
                // then
                a.CreateCommand();
            }
            using (var b = WritableDataSource.For(cs).OpenConnection())
            {
                // kept

                b.CreateCommand();
            }
            using (var c = WritableDataSource.For(cs).OpenConnection())
            {
            }
            using var d = WritableDataSource.For(cs).OpenConnection();

            d.CreateCommand();
        }
    """);
}
