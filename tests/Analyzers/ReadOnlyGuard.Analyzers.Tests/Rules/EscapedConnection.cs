using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionDoesNotEscape>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class EscapedConnection
{
    [Theory]
    [InlineData("object Run(NpgsqlConnection c, string cs) => [|c.CloneWith(cs)|];")]
    [InlineData("async Task<object> Run(NpgsqlConnection c, string cs) => await [|c.CloneWithAsync(cs)|];")]
    [InlineData("object Run(NpgsqlConnection c) => [|((ICloneable)c).Clone()|];")]
    [InlineData("object Run(WritableDataSource s) => [|((ICloneable)s.CreateConnection()).Clone()|];")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection([|s.ConnectionString|]);")]
    [InlineData("NpgsqlConnection Run(WritableDataSource s) => new([|s.ConnectionString|] + \";Pooling=false\");")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection($\"{[|s.ConnectionString|]};Pooling=false\");")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection { ConnectionString = [|s.ConnectionString|] };")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlDataSourceBuilder([|s.ConnectionString|]);")]
    [InlineData("object Run(WritableDataSource s) => NpgsqlDataSource.Create([|s.ConnectionString|]);")]
    [InlineData("object Run(WritableDataSource s) { var cs = [|s.ConnectionString|]; return new NpgsqlConnection(cs); }")]
    [InlineData("object Run(WritableDataSource s) { using var c = s.OpenConnection(); return new NpgsqlConnection([|c.ConnectionString|]); }")]
    [InlineData("object Run(WritableDataSource s) => WritableDataSource.For([|s.ConnectionString|]);")]
    [InlineData("object Run(WritableDataSource s) => WritableDataSource.Create($\"{[|s.ConnectionString|]};Pooling=false\");")]
    [InlineData("object Run(string cs) { var c = WritableDataSource.For(cs).CreateConnection(); return WritableDataSource.For([|c.ConnectionString|]).CreateConnection(); }")]
    [InlineData("object Run(WritableDataSource s) { IDbConnection c = s.CreateConnection(); var text = [|c.ConnectionString|]; return WritableDataSource.For(text); }")]
    [InlineData("object Run(WritableDataSource s) => NpgsqlDataSource.Create([|s.AsNpgsqlDataSource().ConnectionString|]);")]
    [InlineData("object Run(WritableDataSource s, NpgsqlConnection c) => c.ConnectionString = [|s.ConnectionString|];")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); [|c.ChangeDatabase(\"other\")|]; }")]
    [InlineData("async Task Run(WritableDataSource s) { await using var c = await s.OpenConnectionAsync(); await [|c.ChangeDatabaseAsync(\"other\")|]; }")]
    [InlineData("void Run(WritableDataSource s, string cs) { using var c = s.CreateConnection(); [|c.ConnectionString|] = cs; }")]
    [InlineData("Func<string, NpgsqlConnection> Run(NpgsqlConnection c) => [|c.CloneWith|];")]
    [InlineData("Func<object> Run(NpgsqlConnection c) => [|((ICloneable)c).Clone|];")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); Action<string> change = [|c.ChangeDatabase|]; change(\"other\"); }")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection(s.ConnectionString);")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection(s.ConnectionString + \";Pooling=false\");")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection { ConnectionString = s.ConnectionString };")]
    [InlineData("object Run(WritableDataSource s) { var cs = s.ConnectionString; return new NpgsqlConnection(cs); }")]
    [InlineData("object Run(WritableDataSource s) => NpgsqlDataSource.Create(s.ConnectionString);")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlDataSourceBuilder(s.ConnectionString).Build();")]
    public async Task Is_reported_by_this_rule_alone(string member)
    {
        var solution = Testing.Workbench.WithFile("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
        Assert.Equal("ROG006", Assert.Single(await Testing.Workbench.ReportsAsync(solution.Projects.Single())).Id);
    }

    [Theory]
    [InlineData("object Run(ICloneable c) => c.Clone();")]
    [InlineData("void Run(NpgsqlConnection c) => c.ChangeDatabase(\"other\");")]
    [InlineData("void Run(NpgsqlConnection c, string cs) => c.ConnectionString = cs;")]
    [InlineData("Action<string> Run(NpgsqlConnection c) => c.ChangeDatabase;")]
    [InlineData("string Run(NpgsqlConnection c) => nameof(c.CloneWith);")]
    [InlineData("object Run(NpgsqlCommand c) => c.Clone();")]
    [InlineData("object Run(int[] a) => a.Clone();")]
    [InlineData("object Run(WritableDataSource s) => s.ConnectionString;")]
    [InlineData("object Run(WritableDataSource s) => s.ConnectionString + \"!\";")]
    [InlineData("void Run(WritableDataSource s) => Console.WriteLine(s.ConnectionString);")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnectionStringBuilder(s.ConnectionString).Host!;")]
    [InlineData("object Run(WritableDataSource s) { var cs = s.ConnectionString; return cs.Length; }")]
    [InlineData("object Run(NpgsqlConnection c) => new NpgsqlConnection(c.ConnectionString);")]
    [InlineData("object Run(NpgsqlDataSource s) => new NpgsqlConnection(s.ConnectionString);")]
    [InlineData("object Run(string cs) => new NpgsqlConnection(cs);")]
    [InlineData("object Run(string cs) => WritableDataSource.For(cs);")]
    [InlineData("object Run(NpgsqlConnectionStringBuilder b) => WritableDataSource.Create(b.ConnectionString);")]
    [InlineData("object Run(NpgsqlConnection c) => WritableDataSource.For(c.ConnectionString);")]
    [InlineData("[AllowRawNpgsql(\"looks at one server\")] object Run(NpgsqlConnection c, string cs) => c.CloneWith(cs);")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn(
        "class NpgsqlConnection { public object CloneWith(string cs) => cs; object C => CloneWith(\"\"); }", Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
}
