using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ClearReachesThePool>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class IneffectiveClear
{
    [Theory]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("void Run(NpgsqlDataSource s) { using var c = s.OpenConnection(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("void Run(NpgsqlDataSource s) { using var c = s.CreateConnection(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("async Task Run(WritableDataSource s) { await using var c = await s.OpenConnectionAsync(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("void Run(WritableDataSource s) => [|NpgsqlConnection.ClearPool(s.CreateConnection())|];")]
    [InlineData("void Run(WritableDataSource s) { using IDbConnection c = s.OpenConnection(); try { c.CreateCommand(); } catch { [|NpgsqlConnection.ClearPool((NpgsqlConnection)c)|]; } }")]
    [InlineData("void Run(string cs) { var c = WritableDataSource.For(cs).OpenConnection(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); [|NpgsqlConnection.ClearAllPools()|]; }")]
    [InlineData("async Task Run(NpgsqlDataSource s) { [|NpgsqlConnection.ClearAllPools()|]; await s.OpenConnectionAsync(); }")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object Open(string cs) => WritableDataSource.For(cs).OpenConnection();")]
    [InlineData("object Make(string cs) => WritableDataSource.Create(cs);")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => b.BuildWritable();")]
    [InlineData("class Repository(WritableDataSource s) { object Open() => s.CreateConnection(); }")]
    public Task Is_reported_wherever_the_project_rents_from_a_guard(string rents) => IsReportedIn($$"""
        {{rents}}
        void DropDatabase(string cs) { [|NpgsqlConnection.ClearAllPools()|]; new NpgsqlConnection(cs).CreateCommand(); }
        void Later() => AppDomain.CurrentDomain.ProcessExit += (_, _) => [|NpgsqlConnection.ClearAllPools()|];
        Action Clear => [|NpgsqlConnection.ClearAllPools|];
        void Either(bool all) { if (all) { WritableDataSource.ClearAll(); } else { [|NpgsqlConnection.ClearAllPools()|]; } }
        """);

    [Theory]
    [InlineData("void Run() { NpgsqlConnection.ClearAllPools(); WritableDataSource.ClearAll(); }")]
    [InlineData("Action Clear => () => { WritableDataSource.ClearAll(); NpgsqlConnection.ClearAllPools(); };")]
    [InlineData("void Run() => WritableDataSource.ClearAll();")]
    [InlineData("string Run() => nameof(NpgsqlConnection.ClearAllPools);")]
    [InlineData("static void ClearAllPools() { } void Run() => ClearAllPools();")]
    public Task Stays_silent_where_the_guards_are_cleared_too(string member) => IsReportedIn("object Open(string cs) => WritableDataSource.For(cs).OpenConnection();" + member);

    [Theory]
    [InlineData("void Run(string cs) { using var c = new NpgsqlConnection(cs); NpgsqlConnection.ClearPool(c); }")]
    [InlineData("void Run(NpgsqlConnection c) => NpgsqlConnection.ClearPool(c);")]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) { var c = s.OpenConnection(); c = d; NpgsqlConnection.ClearPool(c); }")]
    [InlineData("void Run(WritableDataSource s) => s.Clear();")]
    [InlineData("void Run(NpgsqlDataSource s) => s.Clear();")]
    [InlineData("void Run() => NpgsqlConnection.ClearAllPools();")]
    [InlineData("void Run(NpgsqlDataSource s) { s.Dispose(); NpgsqlConnection.ClearAllPools(); }")]
    [InlineData("void Run(NpgsqlDataSource s, string cs) { s.OpenConnection(); using var c = new NpgsqlConnection(cs); NpgsqlConnection.ClearAllPools(); }")]
    [InlineData("static void ClearPool(NpgsqlConnection c) { } void Run(WritableDataSource s) => ClearPool(s.OpenConnection());")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn("""
        class NpgsqlConnection { public static void ClearPool(NpgsqlConnection c) { } public NpgsqlConnection OpenConnection() => this; void Run() => ClearPool(OpenConnection()); }
        """, Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
}
