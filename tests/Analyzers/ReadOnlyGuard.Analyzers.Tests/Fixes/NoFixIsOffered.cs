using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class NoFixIsOffered
{
    [Theory]
    [InlineData("object Make() => [|new NpgsqlConnection()|];")]
    [InlineData("NpgsqlConnection Make() => [|new()|];")]
    [InlineData("object Make() => [|new NpgsqlConnection { }|];")]
    [InlineData("object Make() => [|new NpgsqlConnection(null)|];")]
    [InlineData("object Make() => [|new NpgsqlConnection((string?)null)|];")]
    [InlineData("object Make() => [|new NpgsqlConnection { ConnectionString = null }|];")]
    [InlineData("object Make(dynamic cs) => [|new NpgsqlConnection(cs)|];")]
    [InlineData("object Make(string cs, ProvideClientCertificatesCallback f) => [|new NpgsqlConnection(cs) { ProvideClientCertificatesCallback = f }|];")]
    [InlineData("object Make(string cs, ProvideClientCertificatesCallback f) => [|new NpgsqlConnection { ConnectionString = cs, ProvideClientCertificatesCallback = f }|];")]
    [InlineData("object Make(string cs) => [|new NpgsqlConnection(cs) { ConnectionString = cs }|];")]
    public Task Where_no_guarded_call_means_the_same(string member) =>
        RawConnection.IsNotFixed("#pragma warning disable CS0618\n" + RawConnection.InClass(member));

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"Database=orders\"")]
    [InlineData("\"Host=a;Multiplexing=true\"")]
    [InlineData("\"Host=a;Replication Mode=Logical\"")]
    [InlineData("\"Host=a;Options=-c default_transaction_read_only=on\"")]
    [InlineData("\"Host=a,,b\"")]
    [InlineData("\"Host=a:port\"")]
    [InlineData("\"Name=ConnectionStrings:Orders\"")]
    [InlineData("cs + \";Multiplexing=true\"")]
    [InlineData("new NpgsqlConnectionStringBuilder(cs) { Multiplexing = true }.ConnectionString")]
    [InlineData("new NpgsqlConnectionStringBuilder { Database = \"orders\" }.ConnectionString")]
    public Task Where_the_guard_would_refuse_the_string(string connectionString) =>
        RawConnection.IsNotFixed(RawConnection.InClass($"object Make(string cs) => [|new NpgsqlConnection({connectionString})|];"));

    [Theory]
    [InlineData("return [|new NpgsqlConnection($\"Host={cs};Target Session Attributes={target}\")|];")]
    [InlineData("return [|new NpgsqlConnection(replica ? cs : cs + \";Target Session Attributes=standby\")|];")]
    [InlineData("return [|new NpgsqlConnection(new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = target }.ConnectionString)|];")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder(cs); if (replica) b.TargetSessionAttributes = target; return [|new NpgsqlConnection(b.ConnectionString)|];")]
    [InlineData("var text = cs; if (replica) text += \";Target Session Attributes=standby\"; return [|new NpgsqlConnection(text)|];")]
    [InlineData("if (replica) cs += \";Target Session Attributes=standby\"; return [|new NpgsqlConnection(cs)|];")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder(cs); if (replica) b.TargetSessionAttributes = \"standby\"; return [|new NpgsqlConnection(b.ConnectionString)|];")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder(cs); Configure(b); return [|new NpgsqlConnection(b.ConnectionString)|];")]
    [InlineData("var b = new System.Text.StringBuilder(cs); if (replica) b.Append(\";Target Session Attributes=standby\"); return [|new NpgsqlConnection(b.ToString())|];")]
    [InlineData("return [|new NpgsqlConnection(Choose(cs, replica))|];")]
    [InlineData("return [|new NpgsqlConnection(With(cs, \"standby\"))|];")]
    [InlineData("return [|new NpgsqlConnection(cs.Replace(\"primary\", \"standby\"))|];")]
    [InlineData("return [|new NpgsqlConnection(_built)|];")]
    public Task Where_the_string_may_ask_for_a_standby(string statements) => RawConnection.IsNotFixed(RawConnection.InClass(
        $$"""
        static void Configure(NpgsqlConnectionStringBuilder b) => b.TargetSessionAttributes = "standby";
        static string Choose(string cs, bool replica) => replica ? cs + ";Target Session Attributes=standby" : cs;
        static string With(string cs, string target) => $"{cs};Target Session Attributes={target}";
        readonly string _built;
        Orders(string cs) { var b = new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = "standby" }; _built = b.ConnectionString; Configure(b); _ = Choose(With(cs, _built), true); }
        object Make(string cs, string target, bool replica) { _ = target; _ = replica; {{statements}} }
        """));

    [Theory]
    [InlineData("var c = [|new NpgsqlConnection(cs)|]; return [|new NpgsqlConnection(c.ConnectionString)|];")]
    [InlineData("var c = [|new NpgsqlConnection(cs)|]; var text = c.ConnectionString + \";Pooling=false\"; return [|new NpgsqlConnection(text)|];")]
    [InlineData("IDbConnection c = [|new NpgsqlConnection(cs)|]; return [|new NpgsqlConnection(c.ConnectionString)|];")]
    [InlineData("return [|new NpgsqlConnection([|new NpgsqlConnection(cs)|].ConnectionString)|];")]
    [InlineData("_kept = [|new NpgsqlConnection(cs)|]; return [|new NpgsqlConnection(_kept.ConnectionString)|];")]
    [InlineData("return [|new NpgsqlConnection(given.ConnectionString)|];")]
    [InlineData("using var c = [|new NpgsqlConnection(cs)|]; c.Open(); return new NpgsqlConnectionStringBuilder(c.ConnectionString);")]
    [InlineData("using var c = [|new NpgsqlConnection(cs)|]; c.Open(); return RecoveryWatcher.Watch(c.ConnectionString, null);")]
    [InlineData("return Copy([|new NpgsqlConnection(cs)|]); static object Copy(DbConnection c) => [|new NpgsqlConnection(c.ConnectionString)|];")]
    [InlineData("using var c = [|new NpgsqlConnection(cs)|]; c.Open(); return Text(c); static string Text(NpgsqlConnection c) => c.ConnectionString;")]
    [InlineData("return [|new NpgsqlConnection(source.ConnectionString)|];")]
    public Task Where_the_password_would_be_lost(string statements) => RawConnection.IsNotFixed(RawConnection.InClass(
        $"NpgsqlConnection? _kept = null; object Make(string cs, NpgsqlConnection given, NpgsqlDataSource source) {{ _ = (_kept, source); {statements} }}")
        .Replace("using Npgsql;", "using Npgsql;\nusing ReadOnlyGuard;"), WithLogging);

    [Theory]
    [InlineData("class Base(string cs) { protected NpgsqlConnection Make() => [|new(cs)|]; }", "class Copies(string cs) : Base(cs) { string Text => Make().ConnectionString; }")]
    [InlineData("interface IConnections { NpgsqlConnection Make(); } class Connections(string cs) : IConnections { public NpgsqlConnection Make() => [|new(cs)|]; }", "class Copies(IConnections connections) { string Text { get { var c = connections.Make(); return c.ConnectionString; } } }")]
    public Task Where_another_type_takes_the_password_from_it(string type, string other) => RawConnection.IsNotFixed(RawConnection.Usings + type + "\n" + other);

    static void WithLogging(Microsoft.CodeAnalysis.Testing.SolutionState state) => state.AdditionalReferences.Add(References.Logging);

    [Fact]
    public Task Where_a_directive_stands_inside_the_creation() => RawConnection.IsNotFixed(RawConnection.InClass("""
        object Make(string cs) => [|new
        #if NEVER
            MyConnection
        #else
            NpgsqlConnection
        #endif
            (cs)|];
        """));

    [Fact]
    public Task Where_WritableDataSource_is_not_referenced() => RawConnection.IsNotFixed(
        RawConnection.InClass("object Make(string cs) => [|new NpgsqlConnection(cs)|];"), RawConnection.WithoutRuntime);

    [Fact]
    public Task Where_WritableDataSource_cannot_be_reached() => RawConnection.IsNotFixed(
        RawConnection.InClass("object Make(string cs) => [|new NpgsqlConnection(cs)|];"),
        state =>
        {
            RawConnection.WithoutRuntime(state);
            state.AdditionalProjects["Other"].AdditionalReferences.AddRange(References.Framework);
            state.AdditionalProjects["Other"].Sources.Add("namespace ReadOnlyGuard { class WritableDataSource; }");
            state.AdditionalProjectReferences.Add("Other");
        });
}
