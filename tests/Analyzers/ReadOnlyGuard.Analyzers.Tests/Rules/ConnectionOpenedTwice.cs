using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.OpenedConnectionIsNotOpenedAgain>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class ConnectionOpenedTwice
{
    [Theory]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); [|c.Open()|]; }")]
    [InlineData("void Run(NpgsqlDataSource s) { using var c = s.OpenConnection(); [|c.Open()|]; }")]
    [InlineData("void Run(NpgsqlMultiHostDataSource s) { using var c = s.OpenConnection(TargetSessionAttributes.Standby); [|c.Open()|]; }")]
    [InlineData("void Run(WritableDataSource s) { using (var c = s.OpenConnection()) { [|c.Open()|]; } }")]
    [InlineData("void Run(WritableDataSource s) { using DbConnection c = s.OpenConnection(); [|c.Open()|]; }")]
    [InlineData("void Run(WritableDataSource s) { using IDbConnection c = s.OpenConnection(); [|c.Open()|]; }")]
    [InlineData("void Run(WritableDataSource s) => [|s.OpenConnection().Open()|];")]
    [InlineData("async Task Run(WritableDataSource s) { await using var c = await s.OpenConnectionAsync(); await [|c.OpenAsync()|]; }")]
    [InlineData("async Task Run(WritableDataSource s) { var c = await s.OpenConnectionAsync().ConfigureAwait(false); await [|c.OpenAsync()|].ConfigureAwait(false); }")]
    [InlineData("async Task Run(WritableDataSource s) => await [|(await s.OpenConnectionAsync()).OpenAsync()|];")]
    [InlineData("async Task Run(WritableDataSource s) { var t = s.OpenConnectionAsync(); var c = await t; [|c.Open()|]; }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnectionAsync().AsTask().GetAwaiter().GetResult(); [|c.Open()|]; }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); try { [|c.Open()|]; } finally { c.CreateCommand(); } }")]
    [InlineData("void Run(WritableDataSource s, bool b) { var c = s.OpenConnection(); if (b) { [|c.Open()|]; } }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); using var command = new NpgsqlCommand(\"select 1\", c); [|c.Open()|]; }")]
    [InlineData("NpgsqlConnection Run(WritableDataSource s) { var c = s.OpenConnection(); [|c.Open()|]; return c; }")]
    [InlineData("Func<WritableDataSource, NpgsqlConnection> Make = s => { var c = s.OpenConnection(); [|c.Open()|]; return c; };")]
    public Task Is_reported(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));

    [Fact]
    public Task Is_reported_in_top_level_statements() => Code.IsReportedIn("""
        using var source = ReadOnlyGuard.WritableDataSource.Create(args[0]);
        using var connection = source.OpenConnection();
        [|connection.Open()|];
        """, Testing.Code.TopLevel);

    [Theory]
    [InlineData("void Run(WritableDataSource s) { using var c = s.CreateConnection(); c.Open(); }")]
    [InlineData("void Run(NpgsqlConnection c) => c.Open();")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); if (c.State != ConnectionState.Open) c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); if (c.State == ConnectionState.Open) return; c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); while (!c.FullState.HasFlag(ConnectionState.Open)) c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { using var c = s.OpenConnection(); c.Close(); c.Open(); }")]
    [InlineData("async Task Run(WritableDataSource s) { var c = await s.OpenConnectionAsync(); await c.CloseAsync(); await c.OpenAsync(); }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); ((IDbConnection)c).Close(); c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); Release(c); c.Open(); } void Release(NpgsqlConnection c) => c.Close();")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); try { c.CreateCommand(); } catch (NpgsqlException) { c.Open(); } }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); for (var i = 0; i < 3; i++) { try { c.Open(); } catch { } } }")]
    [InlineData("void Run(WritableDataSource s, NpgsqlCommand m) { var c = s.OpenConnection(); m.ExecuteReader(CommandBehavior.CloseConnection); c.Open(); }")]
    [InlineData("void Run(WritableDataSource s, string cs) { var c = s.OpenConnection(); c = new NpgsqlConnection(cs); c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); Swap(ref c); c.Open(); } void Swap(ref NpgsqlConnection c) { }")]
    [InlineData("Action Run(WritableDataSource s) { var c = s.OpenConnection(); return () => c.Open(); }")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); var d = c; d.Close(); c.Open(); }")]
    [InlineData("void Run(DbDataSource s) { using var c = s.OpenConnection(); c.Open(); }")]
    [InlineData("class Door { public void Open() { } } void Run(Door d) => d.Open();")]
    public Task Stays_silent(string member) => Code.IsSilentIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn(
        "class Source { public Source OpenConnection() => this; public void Open() { } void Run() => OpenConnection().Open(); }", Testing.Code.WithoutNpgsql);
}
