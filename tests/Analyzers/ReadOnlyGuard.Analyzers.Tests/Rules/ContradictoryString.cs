using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionStringIsNotContradictory>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class ContradictoryString
{
    [Theory]
    [InlineData("Host=a,b;Target Session Attributes=standby")]
    [InlineData("Host=a,b;TargetSessionAttributes=Prefer-Standby")]
    [InlineData("Host=a,b;Target Session Attributes=read-only")]
    [InlineData("Host=a;Options=-c default_transaction_read_only=on")]
    [InlineData("Host=a;Options=-c default_transaction_read_only=off")]
    [InlineData("Host=a;options='-c statement_timeout=1s -c DEFAULT_TRANSACTION_READ_ONLY=off'")]
    public Task Is_reported_whatever_contradicts(string connectionString) => IsReportedIn($"object C => WritableDataSource.Create([|\"{connectionString}\"|]);");

    [Theory]
    [InlineData("object C => WritableDataSource.For([|Replica|]);")]
    [InlineData("object C => WritableDataSource.For([|$\"{Replica};Database=x\"|]);")]
    [InlineData("object C => WritableDataSource.Create(configure: o => { }, connectionString: [|Replica|]);")]
    [InlineData("object C => new NpgsqlDataSourceBuilder([|Replica|]).BuildWritable();")]
    [InlineData("object C => new NpgsqlDataSourceBuilder([|Replica|]).EnableDynamicJson().BuildWritable();")]
    [InlineData("object C { get { var b = new NpgsqlSlimDataSourceBuilder([|Replica|]); b.EnableArrays(); return b.BuildWritable(); } }")]
    [InlineData("object Add(IServiceCollection services) => services.AddWritableNpgsqlDataSource([|Replica|]);")]
    [InlineData("object Add(IServiceCollection services) => services.AddWritableNpgsqlSlimDataSource([|Replica|], b => { });")]
    public Task Is_reported_wherever_the_guard_takes_it(string member) => IsReportedIn("const string Replica = \"Host=a,b;Target Session Attributes=standby\";\n" + member);

    [Theory]
    [InlineData("Host=a")]
    [InlineData("Host=a,b;Target Session Attributes=primary")]
    [InlineData("Host=a,b;Target Session Attributes=read-write")]
    [InlineData("Host=a,b;Target Session Attributes=any")]
    [InlineData("Host=a;Options=-c statement_timeout=1s")]
    [InlineData("Host=a;Application Name=default_transaction_read_only")]
    [InlineData("=;==;'")]
    [InlineData("")]
    public Task Stays_silent_for_a_string_without_one(string connectionString) => IsReportedIn($"object C => WritableDataSource.Create(\"{connectionString}\");");

    [Theory]
    [InlineData("object C(string host) => WritableDataSource.Create($\"Host={host};Target Session Attributes=standby\");")]
    [InlineData("object C(string cs) => WritableDataSource.For(cs);")]
    [InlineData("object C() => NpgsqlDataSource.Create(Replica);")]
    [InlineData("object C() => new NpgsqlConnection(Replica);")]
    [InlineData("object C() => new NpgsqlDataSourceBuilder(Replica).Build();")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => b.BuildWritable();")]
    [InlineData("object C(IServiceCollection services) => services.AddWritableNpgsqlDataSource(\"Host=a\", serviceKey: Replica);")]
    public Task Stays_silent_elsewhere(string member) => IsReportedIn("public const string Replica = \"Host=a,b;Target Session Attributes=standby\";\n" + member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn("""
        namespace ReadOnlyGuard { class WritableDataSource { static object For(string cs) => cs; object C => For("Target Session Attributes=standby"); } }
        """, Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn(
        "using Microsoft.Extensions.DependencyInjection;\nusing ReadOnlyGuard;\n" + Testing.Code.InClass(member),
        state => state.AdditionalReferences.Add(Testing.References.DependencyInjection));
}
