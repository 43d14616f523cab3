using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class RawConnectionStaysSilent
{
    [Theory]
    [InlineData("[AllowRawNpgsql(\"why\")] object Make() => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] Orders() { using var c = new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[AllowRawNpgsql(\"why\")] Orders() : this(new NpgsqlConnection(\"Host=a\")) { } Orders(NpgsqlConnection c) { }")]
    [InlineData("[AllowRawNpgsql(\"why\")] object C => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] object C { get { return new NpgsqlConnection(\"Host=a\"); } }")]
    [InlineData("[AllowRawNpgsql(\"why\")] object C { get; } = new NpgsqlConnection(\"Host=a\");")]
    [InlineData("object C { [AllowRawNpgsql(\"why\")] get { return new NpgsqlConnection(\"Host=a\"); } }")]
    [InlineData("[AllowRawNpgsql(\"why\")] object this[int i] => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] readonly NpgsqlConnection _c = new(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] readonly Func<object> _c = () => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] Func<object> Make() => () => { return Local(); object Local() => new NpgsqlConnection(\"Host=a\"); };")]
    [InlineData("object Make() { return Local(); [AllowRawNpgsql(\"why\")] object Local() => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("Func<object> Make() => [AllowRawNpgsql(\"why\")] () => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"why\")] class Reports { object C => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[AllowRawNpgsql(\"why\")] struct Reports { class Nested { object C => new NpgsqlConnection(\"Host=a\"); } }")]
    public Task Under_the_attribute(string member) => RawConnection.IsSilentIn("using ReadOnlyGuard;\n" + RawConnection.InClass(member));

    [Fact]
    public Task Under_the_attribute_on_the_assembly() => RawConnection.IsSilentIn("""
        using Npgsql;

        [assembly: ReadOnlyGuard.AllowRawNpgsql("a tool for the standby")]

        class Orders { object C => new NpgsqlConnection("Host=a"); }
        """);

    [Fact]
    public Task Under_the_attribute_on_another_part_of_the_type() => RawConnection.IsSilentIn("""
        using Npgsql;

        partial class Orders { object C => new NpgsqlConnection("Host=a"); }
        [ReadOnlyGuard.AllowRawNpgsql("why")]
        partial class Orders;
        """);

    [Fact]
    public Task Under_the_attribute_on_a_type_with_a_primary_constructor() => RawConnection.IsSilentIn("""
        using Npgsql;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        [ReadOnlyGuard.AllowRawNpgsql("why")]
        class Orders(string cs) : Repository(new NpgsqlConnection(cs));
        [method: ReadOnlyGuard.AllowRawNpgsql("why")]
        class Invoices(string cs) : Repository(new NpgsqlConnection(cs));
        """);

    [Fact]
    public Task Under_an_attribute_that_the_project_declares_itself() => RawConnection.IsSilentIn("""
        using Npgsql;
        using ReadOnlyGuard;

        class Orders { [AllowRawNpgsql] object C => new NpgsqlConnection("Host=a"); }

        namespace ReadOnlyGuard { class AllowRawNpgsqlAttribute : System.Attribute; }
        """, RawConnection.WithoutRuntime);

    [Theory]
    [InlineData("\"Host=a,b;Target Session Attributes=standby\"")]
    [InlineData("\"Host=a,b;Target Session Attributes=prefer-standby;Database=x\"")]
    [InlineData("\"Host=a,b;TargetSessionAttributes=read-only\"")]
    [InlineData("\"host=a,b; target session attributes = Standby ;\"")]
    [InlineData("\"Host=a,b;\" + \"Target Session Attributes='standby'\"")]
    [InlineData("Replica")]
    [InlineData("$\"{Replica};Database=x\"")]
    [InlineData("connectionString: Replica")]
    public Task With_a_constant_string_that_asks_for_a_standby(string connectionString) => RawConnection.IsSilentIn(RawConnection.InClass($$"""
        const string Replica = "Host=a,b;Target Session Attributes=standby";
        object Make() => new NpgsqlConnection({{connectionString}});
        """));

    [Theory]
    [InlineData("$\"Host={cs};Target Session Attributes=standby\"")]
    [InlineData("cs + \";Target Session Attributes=prefer-standby\"")]
    [InlineData("cs + \";Target Session\" + \" Attributes=\" + \"standby\"")]
    [InlineData("string.Format(\"Host={0};Target Session Attributes=read-only\", cs)")]
    [InlineData("string.Concat(cs, \";Target Session Attributes=standby\")")]
    [InlineData("cs.TrimEnd(';') + Suffix")]
    [InlineData("other ? cs + Suffix : $\"Host=b;Target Session Attributes=standby\"")]
    [InlineData("new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = \"standby\" }.ConnectionString")]
    [InlineData("new NpgsqlConnectionStringBuilder(cs) { Database = \"x\", [\"Target Session Attributes\"] = \"standby\" }.ToString()")]
    public Task With_a_standby_in_a_part_of_the_string(string connectionString) => RawConnection.IsSilentIn(RawConnection.InClass($$"""
        static readonly string Suffix = ";Target Session Attributes=standby";
        object Make(string cs, bool other) { _ = Suffix; _ = other; return new NpgsqlConnection({{connectionString}}); }
        """));

    [Theory]
    [InlineData("var text = cs + \";Target Session Attributes=standby\"; return new NpgsqlConnection(text);")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = \"standby\" }; return new NpgsqlConnection(b.ConnectionString);")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder(cs); b.TargetSessionAttributes = \"read-only\"; var text = b.ToString(); return new NpgsqlConnection(text);")]
    [InlineData("var b = new NpgsqlConnectionStringBuilder { ConnectionString = cs }; b[\"Target Session Attributes\"] = \"standby\"; return new NpgsqlConnection(b.ConnectionString);")]
    [InlineData("var b = new DbConnectionStringBuilder { ConnectionString = cs }; b.Add(\"Target Session Attributes\", \"standby\"); return new NpgsqlConnection(b.ConnectionString);")]
    [InlineData("given.TargetSessionAttributes = \"standby\"; return new NpgsqlConnection(given.ConnectionString);")]
    public Task With_a_standby_in_a_statement_before(string statements) => RawConnection.IsSilentIn(RawConnection.InClass(
        $"object Make(string cs, NpgsqlConnectionStringBuilder given) {{ {statements} }}"));

    [Theory]
    [InlineData("cs + $\";Target Session Attributes={TargetSessionAttributes.Standby}\"")]
    [InlineData("string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{cs};Target Session Attributes=standby\")")]
    [InlineData("FormattableString.Invariant($\"{cs};Target Session Attributes=standby\")")]
    [InlineData("new System.Text.StringBuilder(cs).Append(\";Target Session Attributes=\").Append(\"standby\").ToString()")]
    [InlineData("Replica(cs)")]
    [InlineData("Built(cs)")]
    [InlineData("_replica")]
    [InlineData("_builder.ConnectionString")]
    [InlineData("Local()")]
    public Task With_a_standby_in_what_makes_the_string(string connectionString) => RawConnection.IsSilentIn(RawConnection.InClass($$"""
        static string Replica(string cs) => cs + ";Target Session Attributes=standby";
        static string Built(string cs) => new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = "standby" }.ConnectionString;
        readonly NpgsqlConnectionStringBuilder _builder = new("Host=a") { TargetSessionAttributes = "read-only" };
        readonly string _replica;
        Orders(string cs) => _replica = cs + ";Target Session Attributes=standby";
        object Make(string cs)
        {
            _ = (_replica, _builder, Local());
            return new NpgsqlConnection({{connectionString}});
            string Local() => cs + ";Target Session Attributes=prefer-standby";
        }
        """));

    [Fact]
    public Task With_a_standby_in_the_initialiser() => RawConnection.IsSilentIn(RawConnection.InClass("""
        object Make() => new NpgsqlConnection { ConnectionString = "Host=a,b;Target Session Attributes=standby" };
        """));

    [Theory]
    [InlineData("typeof(NpgsqlConnection)")]
    [InlineData("nameof(NpgsqlConnection)")]
    [InlineData("new NpgsqlConnection[3]")]
    [InlineData("new List<NpgsqlConnection>()")]
    [InlineData("new NpgsqlConnectionStringBuilder(\"Host=a\")")]
    [InlineData("new NpgsqlCommand()")]
    [InlineData("default(NpgsqlConnection)")]
    public Task On_what_makes_no_connection(string expression) => RawConnection.IsSilentIn(RawConnection.InClass($"object? Make() => {expression};"));

    [Fact]
    public Task On_a_guarded_connection() => RawConnection.IsSilentIn(RawConnection.InClass("""
        object Make(string cs) => ReadOnlyGuard.WritableDataSource.For(cs).CreateConnection();
        """));

    [Fact]
    public Task In_a_file_that_says_it_is_generated() => RawConnection.IsSilentIn("""
        // <auto-generated/>
        class Orders { object C => new Npgsql.NpgsqlConnection("Host=a"); }
        """);

    [Fact]
    public Task In_a_type_that_says_it_is_generated() => RawConnection.IsSilentIn("""
        [System.CodeDom.Compiler.GeneratedCode("tool", "1")]
        class Orders { object C => new Npgsql.NpgsqlConnection("Host=a"); }
        """);

    [Fact]
    public Task In_a_file_that_is_named_as_generated() => RawConnection.IsSilentIn(
        "class Empty;",
        state => state.Sources.Add(("Orders.g.cs", "class Orders { object C => new Npgsql.NpgsqlConnection(\"Host=a\"); }")));

    [Fact]
    public Task Where_a_pragma_disables_the_rule() => RawConnection.IsSilentIn("""
        #pragma warning disable ROG001
        class Orders { object C => new Npgsql.NpgsqlConnection("Host=a"); }
        """);

    [Fact]
    public Task On_a_type_of_the_same_name_where_Npgsql_is_not_referenced() => RawConnection.IsSilentIn("""
        class NpgsqlConnection(string cs) { public string Cs => cs; }
        class Orders { object C => new NpgsqlConnection("Host=a"); }
        """, RawConnection.WithoutNpgsql);
}
