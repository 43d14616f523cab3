using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class RawConnectionIsReported
{
    [Theory]
    [InlineData("static object Make(string cs) => [|new NpgsqlConnection(cs)|];")]
    [InlineData("static object Make(string cs) => [|new Npgsql.NpgsqlConnection(cs)|];")]
    [InlineData("static object Make(string cs) => [|new Pg(cs)|];")]
    [InlineData("static NpgsqlConnection Make(string cs) => [|new(cs)|];")]
    [InlineData("static NpgsqlConnection Make(string cs, NpgsqlConnection? c) => c ??= [|new(cs)|];")]
    [InlineData("static NpgsqlConnection Make(string a, string b, bool first) => first ? [|new(a)|] : [|new NpgsqlConnection(b)|];")]
    [InlineData("static object Make() => [|new NpgsqlConnection()|];")]
    [InlineData("static object Make(string cs) => [|new NpgsqlConnection { ConnectionString = cs }|];")]
    [InlineData("static object Make(dynamic cs) => [|new NpgsqlConnection(cs)|];")]
    public Task However_it_is_written(string member) => RawConnection.IsReportedIn($$"""
        using System;
        using Npgsql;
        using Pg = Npgsql.NpgsqlConnection;

        class Orders { {{member}} object O() => new Pg[0]; }
        """);

    [Theory]
    [InlineData("readonly NpgsqlConnection _c = [|new(\"Host=a\")|];")]
    [InlineData("static readonly NpgsqlConnection C = [|new NpgsqlConnection(\"Host=a\")|];")]
    [InlineData("NpgsqlConnection C { get; } = [|new(\"Host=a\")|];")]
    [InlineData("NpgsqlConnection C => [|new(\"Host=a\")|];")]
    [InlineData("NpgsqlConnection C { get { return [|new(\"Host=a\")|]; } }")]
    [InlineData("readonly Func<string, NpgsqlConnection> _make = cs => [|new(cs)|];")]
    [InlineData("readonly Lazy<NpgsqlConnection> _c = new(() => [|new NpgsqlConnection(\"Host=a\")|]);")]
    [InlineData("object Make() { return Local(); static object Local() => [|new NpgsqlConnection(\"Host=a\")|]; }")]
    [InlineData("List<NpgsqlConnection> Make() => new() { [|new NpgsqlConnection(\"Host=a\")|], [|new(\"Host=b\")|] };")]
    [InlineData("NpgsqlConnection[] Make() => [[|new(\"Host=a\")|], [|new(\"Host=b\")|]];")]
    [InlineData("Dictionary<string, NpgsqlConnection> Make() => new() { [\"a\"] = [|new(\"Host=a\")|] };")]
    [InlineData("NpgsqlCommand Make() => new() { Connection = [|new(\"Host=a\")|] };")]
    [InlineData("void Run() { using ([|new NpgsqlConnection(\"Host=a\")|]) { } }")]
    [InlineData("void Run() { [|new NpgsqlConnection(\"Host=a\")|].Open(); }")]
    [InlineData("System.Linq.Expressions.Expression<Func<object>> E() => () => [|new NpgsqlConnection(\"Host=a\")|];")]
    [InlineData("Orders() : this([|new(\"Host=a\")|]) { } Orders(NpgsqlConnection c) { }")]
    public Task Wherever_it_stands(string member) => RawConnection.IsReportedIn(RawConnection.InClass(member));

    [Fact]
    public Task In_the_base_arguments_of_a_primary_constructor() => RawConnection.IsReportedIn("""
        using Npgsql;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        class Orders(string cs) : Repository([|new NpgsqlConnection(cs)|]);
        """);

    [Fact]
    public Task In_top_level_statements() => RawConnection.IsReportedIn("""
        using Npgsql;

        using var connection = [|new NpgsqlConnection(args[0])|];
        connection.Open();
        """, RawConnection.TopLevel);

    [Theory]
    [InlineData("Host=a")]
    [InlineData("Host=a;Target Session Attributes=primary")]
    [InlineData("Host=a;Target Session Attributes=read-write")]
    [InlineData("Host=a;TargetSessionAttributes=prefer-primary")]
    [InlineData("Host=a;Target Session Attributes=any")]
    [InlineData("Host=a;Target Session Attributes=")]
    [InlineData("Host=a;Application Name='Target Session Attributes=standby'")]
    [InlineData("this is no connection string")]
    [InlineData("=;==;'")]
    [InlineData("")]
    public Task With_a_constant_string_that_does_not_ask_for_a_standby(string connectionString) => RawConnection.IsReportedIn(RawConnection.InClass(
        $"object Make() => [|new NpgsqlConnection(\"{connectionString}\")|];"));

    [Theory]
    [InlineData("cs")]
    [InlineData("cs + \";Pooling=false\"")]
    [InlineData("$\"Host={cs};Target Session Attributes=primary\"")]
    [InlineData("$\"Host={cs};Target Session Attributes={target}\"")]
    [InlineData("$\"Host=a;{target}=standby\"")]
    [InlineData("\"Host=a;Target Session Attributes=prefer-\" + target")]
    [InlineData("replica ? \"Host=a;Target Session Attributes=standby\" : cs")]
    [InlineData("cs ?? \"Host=a;Target Session Attributes=standby\"")]
    [InlineData("new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = target }.ConnectionString")]
    [InlineData("new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = \"primary\" }.ConnectionString")]
    [InlineData("new NpgsqlConnectionStringBuilder(\"Host=a;Target Session Attributes=standby\") { TargetSessionAttributes = \"any\" }.ToString()")]
    public Task With_a_string_that_may_lead_to_the_primary(string connectionString) => RawConnection.IsReportedIn(RawConnection.InClass(
        $"object Make(string cs, string target, bool replica) => [|new NpgsqlConnection({connectionString})|];"));

    [Fact]
    public Task With_a_standby_that_an_initialiser_overwrites() => RawConnection.IsReportedIn(RawConnection.InClass("""
        object Make() => [|new NpgsqlConnection("Host=a,b;Target Session Attributes=standby") { ConnectionString = "Host=a" }|];
        """));

    [Fact]
    public Task Beside_a_member_that_is_allowed() => RawConnection.IsReportedIn(RawConnection.InClass("""
        [ReadOnlyGuard.AllowRawNpgsql("reads from the reporting standby")]
        object Allowed() => new NpgsqlConnection("Host=a");
        object NotAllowed() => [|new NpgsqlConnection("Host=a")|];
        """));

    [Fact]
    public Task Under_an_attribute_of_the_same_name_in_another_namespace() => RawConnection.IsReportedIn(RawConnection.InClass("""
        [Mine.ReadOnlyGuard.AllowRawNpgsql]
        object Make() => [|new NpgsqlConnection("Host=a")|];
        """) + """
        namespace Mine.ReadOnlyGuard { class AllowRawNpgsqlAttribute : System.Attribute; }
        """);
}
