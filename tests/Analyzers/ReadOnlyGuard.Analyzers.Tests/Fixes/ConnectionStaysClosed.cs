using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>Where the Open is not the very next statement, or not there at all, the connection is created and whatever follows stays.</summary>
public sealed class ConnectionStaysClosed
{
    const string Raw = "[|new NpgsqlConnection(cs)|]";
    const string Guarded = "WritableDataSource.For(cs).CreateConnection()";

    [Theory]
    [InlineData("if (cs != \"\") c.Open();")]
    [InlineData("while (c.State != ConnectionState.Open) c.Open();")]
    [InlineData("try { c.Open(); } catch (NpgsqlException) { }")]
    [InlineData("await Task.Yield(); c.Open();")]
    [InlineData("Console.WriteLine(c.State); await c.OpenAsync();")]
    [InlineData("{ c.Open(); }")]
    [InlineData("var task = c.OpenAsync(); await task;")]
    [InlineData("c.OpenAsync().GetAwaiter().GetResult();")]
    [InlineData("c.OpenAsync().Wait();")]
    [InlineData("_ = c.OpenAsync();")]
    [InlineData("await c.OpenAsync().ConfigureAwait(ConfigureAwaitOptions.None);")]
    [InlineData("await c.OpenAsync().WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("await Task.WhenAny(c.OpenAsync());")]
    [InlineData("((DbConnection)c).Open();")]
    [InlineData("(c).Open();")]
    [InlineData("other.Open(); c.Open();")]
    [InlineData("c.Open(3);")]
    [InlineData("await c.OpenAsync(TokenOf(c));")]
    [InlineData("Use(c);")]
    [InlineData("again: c.Open(); if (c.State == ConnectionState.Broken) goto again;")]
    [InlineData("")]
    public Task When_what_follows_is_no_plain_Open(string rest) => RawConnection.IsFixed(InRun(Raw, rest), InRun(Guarded, rest, "using ReadOnlyGuard;\n"));

    static string InRun(string creation, string rest, string import = "") => RawConnection.Usings + import + $$"""

        static class Orders
        {
            static async Task Run(string cs, NpgsqlConnection other)
            {
                await using var c = {{creation}};
                {{rest}}
                await Task.Yield();
            }

            static void Open(this NpgsqlConnection c, int attempts) => Console.WriteLine(attempts);
            static CancellationToken TokenOf(NpgsqlConnection c) => default;
            static void Use(IDbConnection c) => Console.WriteLine(c.State);
        }

        """;

    [Theory]
    [InlineData("readonly NpgsqlConnection _c = [|new(\"Host=a\")|];", "readonly NpgsqlConnection _c = WritableDataSource.For(\"Host=a\").CreateConnection();")]
    [InlineData("NpgsqlConnection C { get; } = [|new(\"Host=a\")|];", "NpgsqlConnection C { get; } = WritableDataSource.For(\"Host=a\").CreateConnection();")]
    [InlineData("NpgsqlConnection Make(string cs) => [|new(cs)|];", "NpgsqlConnection Make(string cs) => WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("IDbConnection Make(string cs) { return [|new NpgsqlConnection(cs)|]; }", "IDbConnection Make(string cs) { return WritableDataSource.For(cs).CreateConnection(); }")]
    [InlineData("Func<string, DbConnection> Make() => cs => [|new NpgsqlConnection(cs)|];", "Func<string, DbConnection> Make() => cs => WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("Lazy<NpgsqlConnection> Make(string cs) => new(() => [|new(cs)|]);", "Lazy<NpgsqlConnection> Make(string cs) => new(() => WritableDataSource.For(cs).CreateConnection());")]
    [InlineData("NpgsqlConnection Make(string cs) => [|new(connectionString: cs)|];", "NpgsqlConnection Make(string cs) => WritableDataSource.For(connectionString: cs).CreateConnection();")]
    [InlineData("NpgsqlConnection Make(string cs) => [|new() { ConnectionString = cs }|];", "NpgsqlConnection Make(string cs) => WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("object Make(string cs) => [|new NpgsqlConnection() { ConnectionString = cs, }|];", "object Make(string cs) => WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("NpgsqlConnection? Make(string cs, bool on) => on ? [|new(cs)|] : null;", "NpgsqlConnection? Make(string cs, bool on) => on ? WritableDataSource.For(cs).CreateConnection() : null;")]
    [InlineData("NpgsqlConnection Make(string a, string b, bool on) => on ? [|new(a)|] : [|new(b)|];", "NpgsqlConnection Make(string a, string b, bool on) => on ? WritableDataSource.For(a).CreateConnection() : WritableDataSource.For(b).CreateConnection();")]
    [InlineData("NpgsqlConnection Make(string cs, NpgsqlConnection? c) => c ??= [|new(cs)|];", "NpgsqlConnection Make(string cs, NpgsqlConnection? c) => c ??= WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("object Make(string cs) => new NpgsqlCommand(\"select 1\", [|new(cs)|]);", "object Make(string cs) => new NpgsqlCommand(\"select 1\", WritableDataSource.For(cs).CreateConnection());")]
    [InlineData("object Make(string cs) => new List<DbConnection> { [|new NpgsqlConnection(cs)|] };", "object Make(string cs) => new List<DbConnection> { WritableDataSource.For(cs).CreateConnection() };")]
    [InlineData("NpgsqlConnection[] Make(string cs) => [[|new(cs)|]];", "NpgsqlConnection[] Make(string cs) => [WritableDataSource.For(cs).CreateConnection()];")]
    [InlineData("Orders(string cs) : this([|new NpgsqlConnection(cs)|]) { } Orders(NpgsqlConnection c) { }", "Orders(string cs) : this(WritableDataSource.For(cs).CreateConnection()) { } Orders(NpgsqlConnection c) { }")]
    [InlineData("void Run(string cs) => [|new NpgsqlConnection(cs)|].Open();", "void Run(string cs) => WritableDataSource.For(cs).CreateConnection().Open();")]
    [InlineData("async Task Run(string cs) => await [|new NpgsqlConnection(cs)|].OpenAsync();", "async Task Run(string cs) => await WritableDataSource.For(cs).CreateConnection().OpenAsync();")]
    [InlineData("void Run(string cs) { using (var c = [|new NpgsqlConnection(cs)|]) c.Open(); }", "void Run(string cs) { using (var c = WritableDataSource.For(cs).CreateConnection()) c.Open(); }")]
    [InlineData("void Run(string cs) { using (var c = [|new NpgsqlConnection(cs)|]) using (var k = c.CreateCommand()) { c.Open(); } }", "void Run(string cs) { using (var c = WritableDataSource.For(cs).CreateConnection()) using (var k = c.CreateCommand()) { c.Open(); } }")]
    [InlineData("void Run(string cs) { NpgsqlConnection a = [|new(cs)|], b = [|new(cs)|]; a.Open(); b.Open(); }", "void Run(string cs) { NpgsqlConnection a = WritableDataSource.For(cs).CreateConnection(), b = WritableDataSource.For(cs).CreateConnection(); a.Open(); b.Open(); }")]
    [InlineData("void Run(string cs) { NpgsqlConnection c; c = [|new(cs)|]; c.Open(); }", "void Run(string cs) { NpgsqlConnection c; c = WritableDataSource.For(cs).CreateConnection(); c.Open(); }")]
    [InlineData("void Run(string cs) { using var c = (DbConnection)[|new NpgsqlConnection(cs)|]; c.Open(); }", "void Run(string cs) { using var c = (DbConnection)WritableDataSource.For(cs).CreateConnection(); c.Open(); }")]
    [InlineData("void Run(string cs) { Wrapper c = [|new NpgsqlConnection(cs)|]; c.Open(); }\nclass Wrapper { public static implicit operator Wrapper(NpgsqlConnection c) => new(); public void Open() { } }", "void Run(string cs) { Wrapper c = WritableDataSource.For(cs).CreateConnection(); c.Open(); }\nclass Wrapper { public static implicit operator Wrapper(NpgsqlConnection c) => new(); public void Open() { } }")]
    [InlineData("async Task Run(string cs) { await using var c = [|new NpgsqlConnection(cs)|].ConfigureAwait(false); }", "async Task Run(string cs) { await using var c = WritableDataSource.For(cs).CreateConnection().ConfigureAwait(false); }")]
    [InlineData("System.Linq.Expressions.Expression<Func<string, object>> E() => cs => [|new NpgsqlConnection(cs)|];", "System.Linq.Expressions.Expression<Func<string, object>> E() => cs => WritableDataSource.For(cs).CreateConnection();")]
    public Task In_every_other_shape(string before, string after) => RawConnection.IsFixedInClass(before, after);

    [Fact]
    public Task In_the_base_arguments_of_a_primary_constructor() => RawConnection.IsFixed(
        """
        using Npgsql;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        class Orders(string cs) : Repository([|new(cs)|]);
        """,
        """
        using Npgsql;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        class Orders(string cs) : Repository(global::ReadOnlyGuard.WritableDataSource.For(cs).CreateConnection());
        """);

    [Fact]
    public Task In_another_connections_arguments() => RawConnection.IsFixedInClass(
        """
            async Task Run(string cs)
            {
                await using var c = [|new NpgsqlConnection(NameOf([|new NpgsqlConnection(cs)|]))|];
                await c.OpenAsync(TokenOf([|new NpgsqlConnection(cs)|]));
            }

            static CancellationToken TokenOf(NpgsqlConnection c) => default;
            static string NameOf(NpgsqlConnection c) => "Host=" + c.Host;
        """,
        """
            async Task Run(string cs)
            {
                await using var c = WritableDataSource.For(NameOf(WritableDataSource.For(cs).CreateConnection())).CreateConnection();
                await c.OpenAsync(TokenOf(WritableDataSource.For(cs).CreateConnection()));
            }

            static CancellationToken TokenOf(NpgsqlConnection c) => default;
            static string NameOf(NpgsqlConnection c) => "Host=" + c.Host;
        """);

    [Theory]
    [InlineData("cs", "cs!")]
    [InlineData("Find()", "Find()!")]
    [InlineData("Environment.GetEnvironmentVariable(\"PG\")", "Environment.GetEnvironmentVariable(\"PG\")!")]
    [InlineData("cs ?? Find()", "(cs ?? Find())!")]
    [InlineData("cs?.Trim()", "(cs?.Trim())!")]
    [InlineData("(cs ?? Find())", "(cs ?? Find())!")]
    [InlineData("cs ?? \"Host=a\"", "cs ?? \"Host=a\"")]
    [InlineData("cs!", "cs!")]
    public Task And_a_string_that_may_be_null_makes_no_new_warning(string before, string after) => RawConnection.IsFixedInClass(
        $"object Make(string? cs) => [|new NpgsqlConnection({before})|];\nstatic string? Find() => null;",
        $"object Make(string? cs) => WritableDataSource.For({after}).CreateConnection();\nstatic string? Find() => null;");
}
