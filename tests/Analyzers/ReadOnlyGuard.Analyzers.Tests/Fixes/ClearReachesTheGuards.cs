using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ClearReachesThePool, ReadOnlyGuard.CodeFixes.ClearReachesTheGuardsFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class ClearReachesTheGuards
{
    const string Rents = "static NpgsqlConnection Open() => ReadOnlyGuard.WritableDataSource.For(\"Host=a\").OpenConnection();";

    [Fact]
    public Task In_the_next_statement() => Code.IsFixedAndImportedInClass($$"""
        {{Rents}}

        void DropDatabase(bool all, int kind)
        {
            // before the drop
            [|NpgsqlConnection.ClearAllPools()|]; // all of them
            if (all)
                [|NpgsqlConnection.ClearAllPools()|];
            switch (kind)
            {
                case 1:
                    [|NpgsqlConnection.ClearAllPools()|];
                    break;
            }
        }

        void OneLine() { [|NpgsqlConnection.ClearAllPools()|]; }
    """, $$"""
        {{Rents}}

        void DropDatabase(bool all, int kind)
        {
            // before the drop
            NpgsqlConnection.ClearAllPools(); // all of them
            WritableDataSource.ClearAll();
            if (all)
            {
                NpgsqlConnection.ClearAllPools();
                WritableDataSource.ClearAll();
            }

            switch (kind)
            {
                case 1:
                    NpgsqlConnection.ClearAllPools();
                    WritableDataSource.ClearAll();
                    break;
            }
        }

        void OneLine() { NpgsqlConnection.ClearAllPools(); WritableDataSource.ClearAll(); }
    """);

    [Fact]
    public Task In_a_body_of_their_own() => Code.IsFixedAndImportedInClass($$"""
        {{Rents}}

        Action OnExit => () => [|NpgsqlConnection.ClearAllPools()|];
        Action Group => [|NpgsqlConnection.ClearAllPools|];

        static void Clear() => [|NpgsqlConnection.ClearAllPools()|];
    """, $$"""
        {{Rents}}

        Action OnExit => () => { NpgsqlConnection.ClearAllPools(); WritableDataSource.ClearAll(); };
        Action Group => () => { NpgsqlConnection.ClearAllPools(); WritableDataSource.ClearAll(); };

        static void Clear()
        {
            NpgsqlConnection.ClearAllPools();
            WritableDataSource.ClearAll();
        }
    """);

    [Fact]
    public Task In_top_level_statements() => Code.IsFixed("""
        using Npgsql;
        using ReadOnlyGuard;

        using (var connection = WritableDataSource.For(args[0]).OpenConnection())
        {
        }

        [|NpgsqlConnection.ClearAllPools()|];

        """, """
        using Npgsql;
        using ReadOnlyGuard;

        using (var connection = WritableDataSource.For(args[0]).OpenConnection())
        {
        }

        NpgsqlConnection.ClearAllPools();
        WritableDataSource.ClearAll();

        """, Testing.Code.TopLevel);

    [Theory]
    [InlineData("System.Linq.Expressions.Expression<Action> e = () => [|NpgsqlConnection.ClearAllPools()|];")]
    public Task But_not_in_a_tree_of_expressions(string member) => Code.IsNotFixedInClass(Rents + member);

    [Fact]
    public Task But_not_where_the_runtime_cannot() => Code.IsNotFixed(
        Testing.Code.InClass("object Open() => ReadOnlyGuard.WritableDataSource.For(\"Host=a\"); void Clear() => [|NpgsqlConnection.ClearAllPools()|];") +
        "namespace ReadOnlyGuard { class WritableDataSource { public static WritableDataSource For(string cs) => new(); } }",
        Testing.Code.WithoutRuntime);
}
