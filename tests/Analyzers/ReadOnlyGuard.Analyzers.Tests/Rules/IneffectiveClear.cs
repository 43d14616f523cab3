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
