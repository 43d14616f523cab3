using ReadOnlyGuard.Analyzers.Tests.Testing;
using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ReplicationIsNotGuarded>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class ReplicationConnection
{
    [Theory]
    [InlineData("object Make(string cs) => [|new LogicalReplicationConnection(cs)|];")]
    [InlineData("object Make(string cs) => [|new PhysicalReplicationConnection(cs)|];")]
    [InlineData("LogicalReplicationConnection Make(string cs) => [|new(cs)|];")]
    [InlineData("object Make(dynamic cs) => [|new LogicalReplicationConnection(cs)|];")]
    public Task Is_reported_where_it_is_switched_on(string member) => Code.IsReportedIn(InClass(member), SwitchedOn);

    [Theory]
    [InlineData("object Make(string cs) => new LogicalReplicationConnection(cs);")]
    [InlineData("object Make(string cs) => new PhysicalReplicationConnection(cs);")]
    public async Task Stays_silent_by_default(string member) =>
        Assert.Empty(await Testing.Workbench.WithFile(InClass(member)).Projects.Single().ReportsAsync());

    [Theory]
    [InlineData("object Make(string cs) => new NpgsqlConnection(cs);")]
    [InlineData("object Make() => new PhysicalReplicationSlot(\"orders\");")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"streams from a standby\")] object Make(string cs) => new LogicalReplicationConnection(cs);")]
    public Task Stays_silent_elsewhere(string member) => Code.IsSilentIn(InClass(member), SwitchedOn);

    static string InClass(string member) => "using Npgsql.Replication;\n" + Testing.Code.InClass(member);

    static void SwitchedOn(Microsoft.CodeAnalysis.Testing.SolutionState state) =>
        state.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.ROG013.severity = warning\n"));
}
