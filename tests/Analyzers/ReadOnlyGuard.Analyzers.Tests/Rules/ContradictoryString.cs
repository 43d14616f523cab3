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
    [InlineData("Host=a;Options=--default-transaction-read-only=on")]
    [InlineData("Host=a;Multiplexing=true")]
    [InlineData("Host=a;Replication Mode=Physical")]
    [InlineData("Database=shop")]
    [InlineData("Host= ;Database=shop")]
    [InlineData("Host=a,,b")]
    [InlineData("Host=a:0")]
    [InlineData("Host=a:many")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Host")]
    [InlineData("=;==;'")]
    [InlineData("Host=a;options='-c statement_timeout=1s -c DEFAULT_TRANSACTION_READ_ONLY=off'")]
    public Task Is_reported_whatever_contradicts(string connectionString) => IsReportedIn($"object C => WritableDataSource.Create([|\"{connectionString}\"|]);");

    [Theory]
    [InlineData("object C => WritableDataSource.For([|Replica|]);")]
    [InlineData("object C => WritableDataSource.For([|$\"{Replica};Database=x\"|]);")]
    [InlineData("object C => new NpgsqlDataSourceBuilder([|\"Host=a\"|]) { ConnectionStringBuilder = { Multiplexing = true } }.BuildWritable();")]
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
    [InlineData("Server=a")]
    [InlineData("Host=a:5433,[::1]:5434,::1,/var/run/postgresql,@abstract:x")]
    [InlineData("Host=a;Multiplexing=false;Replication Mode=off")]
    public Task Stays_silent_for_a_string_without_one(string connectionString) => IsReportedIn($"object C => WritableDataSource.Create(\"{connectionString}\");");

    [Theory]
    [InlineData("object C(string h) { var b = new NpgsqlDataSourceBuilder(\"Database=shop\"); b.ConnectionStringBuilder.Host = h; return b.BuildWritable(); }")]
    [InlineData("object C(string h, IServiceCollection services) => services.AddWritableNpgsqlDataSource(\"Database=shop\", b => b.ConnectionStringBuilder.Host = h);")]
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
