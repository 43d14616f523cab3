using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class OpenFoldsIntoRent
{
    [Theory]
    [InlineData("await using var c", "await c.OpenAsync(ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct)")]
    [InlineData("await using var c", "await c.OpenAsync()", "await WritableDataSource.For(cs).OpenConnectionAsync()")]
    [InlineData("await using var c", "await c.OpenAsync(cancellationToken: ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(cancellationToken: ct)")]
    [InlineData("await using var c", "await c.OpenAsync(ct).ConfigureAwait(false)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct).ConfigureAwait(false)")]
    [InlineData("await using NpgsqlConnection c", "await c.OpenAsync(ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct)")]
    [InlineData("await using DbConnection c", "await c.OpenAsync(ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct)")]
    [InlineData("await using var c", "c.Open()", "WritableDataSource.For(cs).OpenConnection()")]
    [InlineData("using var c", "await c.OpenAsync(ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct)")]
    [InlineData("using var c", "c.Open()", "WritableDataSource.For(cs).OpenConnection()")]
    [InlineData("using IDbConnection c", "c.Open()", "WritableDataSource.For(cs).OpenConnection()")]
    [InlineData("var c", "await c.OpenAsync(ct)", "await WritableDataSource.For(cs).OpenConnectionAsync(ct)")]
    [InlineData("NpgsqlConnection? c", "c.Open()", "WritableDataSource.For(cs).OpenConnection()")]
    public Task Of_a_declaration(string local, string open, string rent) => RawConnection.IsFixedInClass(
        $$"""
            async Task Run(string cs, CancellationToken ct)
            {
                {{local}} = [|new NpgsqlConnection(cs)|];
                {{open}};

                await Task.Delay(1, ct);
                Console.WriteLine(c.State);
            }
        """,
        $$"""
            async Task Run(string cs, CancellationToken ct)
            {
                {{local}} = {{rent}};

                await Task.Delay(1, ct);
                Console.WriteLine(c.State);
            }
        """);

    [Theory]
    [InlineData("await using (var c = [|new NpgsqlConnection(cs)|])", "await c.OpenAsync(ct).ConfigureAwait(false);", "await using (var c = await WritableDataSource.For(cs).OpenConnectionAsync(ct).ConfigureAwait(false))")]
    [InlineData("using (NpgsqlConnection c = [|new(cs)|])", "c.Open();", "using (NpgsqlConnection c = WritableDataSource.For(cs).OpenConnection())")]
    [InlineData("using (IDbConnection c = [|new NpgsqlConnection(cs)|])", "c.Open();", "using (IDbConnection c = WritableDataSource.For(cs).OpenConnection())")]
    public Task Of_a_using_statement(string raw, string open, string guarded) => RawConnection.IsFixedInClass(
        $$"""
            async Task Run(string cs, CancellationToken ct)
            {
                {{raw}}
                {
                    {{open}}
                    await Task.Delay(1, ct);
                }
            }
        """,
        $$"""
            async Task Run(string cs, CancellationToken ct)
            {
                {{guarded}}
                {
                    await Task.Delay(1, ct);
                }
            }
        """);

    [Fact]
    public Task Of_a_synchronous_method_which_stays_synchronous() => RawConnection.IsFixedInClass(
        """
            void Run(string cs)
            {
                using var c = [|new NpgsqlConnection(cs)|];
                c.Open();
            }
        """,
        """
            void Run(string cs)
            {
                using var c = WritableDataSource.For(cs).OpenConnection();
            }
        """);

    [Fact]
    public Task Of_a_target_typed_creation_and_of_one_with_an_initialiser() => RawConnection.IsFixedInClass(
        """
            void Run(string cs)
            {
                using NpgsqlConnection a = [|new(cs)|];
                a.Open();
                using var b = [|new NpgsqlConnection { ConnectionString = cs }|];
                b.Open();
            }
        """,
        """
            void Run(string cs)
            {
                using NpgsqlConnection a = WritableDataSource.For(cs).OpenConnection();
                using var b = WritableDataSource.For(cs).OpenConnection();
            }
        """);

    [Fact]
    public Task In_a_lambda_a_switch_section_and_a_try() => RawConnection.IsFixedInClass(
        """
            Func<Task> Run(string cs, int kind) => async () =>
            {
                switch (kind)
                {
                    case 1:
                        var a = [|new NpgsqlConnection(cs)|];
                        await a.OpenAsync();
                        break;
                    default:
                        try
                        {
                            using var b = [|new NpgsqlConnection(cs)|];
                            b.Open();
                        }
                        finally
                        {
                            await Task.Yield();
                        }

                        break;
                }
            };
        """,
        """
            Func<Task> Run(string cs, int kind) => async () =>
            {
                switch (kind)
                {
                    case 1:
                        var a = await WritableDataSource.For(cs).OpenConnectionAsync();
                        break;
                    default:
                        try
                        {
                            using var b = WritableDataSource.For(cs).OpenConnection();
                        }
                        finally
                        {
                            await Task.Yield();
                        }

                        break;
                }
            };
        """);

    [Fact]
    public Task In_top_level_statements() => RawConnection.IsFixed(
        """
        using Npgsql;

        await using var connection = [|new NpgsqlConnection(args[0])|];
        await connection.OpenAsync();
        System.Console.WriteLine(connection.State);
        """,
        """
        using Npgsql;
        using ReadOnlyGuard;

        await using var connection = await WritableDataSource.For(args[0]).OpenConnectionAsync();
        System.Console.WriteLine(connection.State);
        """,
        RawConnection.TopLevel);

    [Fact]
    public Task And_a_local_that_is_assigned_again_keeps_compiling() => RawConnection.IsFixedInClass(
        """
            void Run(string cs)
            {
                var c = [|new NpgsqlConnection(cs)|];
                c.Open();
                c.Dispose();
                c = [|new NpgsqlConnection(cs)|];
                c.Open();
                c = null;
            }
        """,
        """
            void Run(string cs)
            {
                var c = WritableDataSource.For(cs).OpenConnection();
                c.Dispose();
                c = WritableDataSource.For(cs).CreateConnection();
                c.Open();
                c = null;
            }
        """);
}
