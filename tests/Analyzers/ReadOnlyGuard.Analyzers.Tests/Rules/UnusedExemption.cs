using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ExemptionIsUsed>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class UnusedExemption
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("...")]
    [InlineData("?")]
    [InlineData("TODO")]
    [InlineData("todo: ask Anna")]
    [InlineData("FIXME")]
    [InlineData("tbd")]
    [InlineData("<reason>")]
    [InlineData("Why?")]
    [InlineData(AllowRawNpgsql.Placeholder)]
    public Task Is_reported_without_a_reason(string reason) =>
        IsReportedIn($"[[|AllowRawNpgsql(\"{reason}\")|]] object Make() => new NpgsqlConnection(\"Host=a\");");

    [Theory]
    [InlineData("[[|AllowRawNpgsql(null!)|]] object Make() => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("const string Why = \"\"; [[|AllowRawNpgsql(Why)|]] object Make() => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[[|AllowRawNpgsql(reason: \"\")|]] readonly NpgsqlConnection _c = new(\"Host=a\");")]
    [InlineData("[[|AllowRawNpgsql(\"\")|]] object C => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("object C { [[|AllowRawNpgsql(\"\")|]] get => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("object Make() { return Local(); [[|AllowRawNpgsql(\"\")|]] object Local() => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("Func<object> Make() => [[|AllowRawNpgsql(\"\")|]] () => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[[|AllowRawNpgsql(\"\")|]] class Reports { object C => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[Obsolete, [|AllowRawNpgsql(\"\")|]] object Make() => new NpgsqlConnection(\"Host=a\");")]
    public Task Is_reported_wherever_it_stands(string member) => IsReportedIn(member);

    [Fact]
    public Task Is_reported_on_the_assembly() => Code.IsReportedIn("""
        [assembly: [|ReadOnlyGuard.AllowRawNpgsql("")|]]

        class Orders { object C => new Npgsql.NpgsqlConnection("Host=a"); }
        """);

    [Fact]
    public Task Is_reported_without_a_parameter_for_a_reason() => Code.IsReportedIn("""
        class Orders { [[|ReadOnlyGuard.AllowRawNpgsql|]] object C => new Npgsql.NpgsqlConnection("Host=a"); }
        namespace ReadOnlyGuard { class AllowRawNpgsqlAttribute : System.Attribute; }
        """, Testing.Code.WithoutRuntime);

    [Theory]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] int Make() => 1;")]
    [InlineData("[[|AllowRawNpgsql(\"\")|]] int Make() => 1;")]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] public int Made = 1;")]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] int Made { get; }")]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] object Make() => new NpgsqlConnection(\"Host=a,b;Target Session Attributes=standby\");")]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] object Make(WritableDataSource source) => source.CreateConnection();")]
    [InlineData("[[|AllowRawNpgsql(\"reads a standby\")|]] class Reports { int Make() => 1; } object C => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] class Reports { [[|AllowRawNpgsql(\"reads a standby\")|]] int Make() => 1; object C => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("object Make() { return Local(); [[|AllowRawNpgsql(\"reads a standby\")|]] object Local() => 1; }")]
    [InlineData("Func<object> Make() => [[|AllowRawNpgsql(\"reads a standby\")|]] () => 1;")]
    public Task Is_reported_with_nothing_to_allow(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("reads from the reporting standby")]
    [InlineData("LISTEN")]
    [InlineData("because it looks at one server")]
    [InlineData("see issue 12")]
    public Task Stays_silent_with_a_reason(string reason) =>
        IsReportedIn($"[AllowRawNpgsql(\"{reason}\")] object Make() => new NpgsqlConnection(\"Host=a\");");

    [Theory]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] Orders() { using var c = new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] object C => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] object C { get; } = new NpgsqlConnection(\"Host=a\");")]
    [InlineData("object C { [AllowRawNpgsql(\"reads a standby\")] get { return new NpgsqlConnection(\"Host=a\"); } }")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] object this[int i] => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] readonly NpgsqlConnection _c = new(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] Func<object> Make() => () => { return Local(); object Local() => new NpgsqlConnection(\"Host=a\"); };")]
    [InlineData("object Make() { return Local(); [AllowRawNpgsql(\"reads a standby\")] object Local() => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("Func<object> Make() => [AllowRawNpgsql(\"reads a standby\")] () => new NpgsqlConnection(\"Host=a\");")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] struct Reports { class Nested { object C => new NpgsqlConnection(\"Host=a\"); } }")]
    [InlineData("[AllowRawNpgsql(\"reads a standby\")] partial class Reports; partial class Reports { object C => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("class Repository(NpgsqlConnection c) { public object C => c; } [AllowRawNpgsql(\"reads a standby\")] class Reports(string cs) : Repository(new NpgsqlConnection(cs));")]
    public Task Stays_silent_with_something_to_allow(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_on_an_assembly_with_a_reason() => Code.IsSilentIn("""
        [assembly: ReadOnlyGuard.AllowRawNpgsql("a tool for one server")]
        """);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn("""
        class Orders { [ReadOnlyGuard.AllowRawNpgsql("")] object C => 1; }
        namespace ReadOnlyGuard { class AllowRawNpgsqlAttribute(string reason) : System.Attribute { public string Reason => reason; } }
        """, Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
}
