using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.TransactionCanRunAgain>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class BrokenRetry
{
    [Theory]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) => s.ExecuteInTransaction(c => { [|d|].CreateCommand(); });")]
    [InlineData("void Run(WritableDataSource s) { using var d = s.OpenConnection(); s.ExecuteInTransaction(c => { new NpgsqlCommand(\"x\", [|d|]).ExecuteNonQuery(); }); }")]
    [InlineData("readonly NpgsqlConnection _d = WritableDataSource.For(\"Host=a\").OpenConnection(); Task Run(WritableDataSource s) => s.ExecuteInTransactionAsync((c, t) => Write([|_d|])); Task Write(NpgsqlConnection c) => Task.CompletedTask;")]
    [InlineData("IDbConnection D { get; } = null!; Task<int> Run(WritableDataSource s) => s.ExecuteInTransactionAsync(async (c, t) => { await Task.Yield(); return [|D|].ConnectionTimeout; });")]
    [InlineData("class Repository(DbConnection d) { void Run(WritableDataSource s) => s.ExecuteInTransaction(c => [|d|].CreateCommand()); }")]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) => s.ExecuteInTransaction(delegate(NpgsqlConnection c) { [|d|].CreateCommand(); });")]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) { s.ExecuteInTransaction(Work); void Work(NpgsqlConnection c) { [|d|].CreateCommand(); } }")]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) { Action<NpgsqlConnection> work = c => { [|d|].CreateCommand(); }; s.ExecuteInTransaction(work); }")]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) { s.ExecuteInTransaction(Work); s.ExecuteInTransaction(Work); void Work(NpgsqlConnection c) { [|d|].CreateCommand(); } }")]
    public Task Is_reported_for_a_connection_from_outside(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("using var t = [|c.BeginTransaction()|]; [|t.Commit()|];")]
    [InlineData("using var t = [|c.BeginTransaction()|]; [|t.Rollback()|];")]
    [InlineData("[|outer.Commit()|];")]
    [InlineData("[|((IDbTransaction)outer).Rollback()|];")]
    [InlineData("new NpgsqlCommand([|\"commit\"|], c).ExecuteNonQuery();")]
    [InlineData("new NpgsqlCommand([|\"insert into a values (1); COMMIT; begin\"|], c).ExecuteNonQuery();")]
    [InlineData("new NpgsqlCommand { Connection = c, CommandText = [|\" Rollback;\"|] }.ExecuteNonQuery();")]
    [InlineData("new NpgsqlCommand([|Sql|], c).ExecuteNonQuery();")]
    [InlineData("using var m = c.CreateCommand(); m.CommandText = [|\"START TRANSACTION\"|];")]
    public Task Is_reported_for_a_transaction_of_its_own(string statement) => IsReportedIn(Inside(statement));

    [Theory]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } [|catch|] { }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } [|catch|] (Exception) { }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } [|catch|] (NpgsqlException e) { Console.WriteLine(e); }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } [|catch|] (DbException) { }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } [|catch|] (PostgresException e) when (e.SqlState == \"23505\") { }")]
    [InlineData("var m = c.CreateCommand(); try { m.ExecuteNonQuery(); } [|catch|] (PostgresException) { }")]
    [InlineData("void Write(DbConnection d) { } try { Write(c); } [|catch|] (Exception) { }")]
    public Task Is_reported_for_an_error_that_is_kept(string statement) => IsReportedIn(Inside(statement));

    [Theory]
    [InlineData("c.CreateCommand().ExecuteNonQuery();")]
    [InlineData("NpgsqlConnection same = c; same.CreateCommand();")]
    [InlineData("using var d = s.OpenConnection(); d.CreateCommand();")]
    [InlineData("using var d = s.OpenConnection(); using var t = d.BeginTransaction(); t.Commit();")]
    [InlineData("if (other.State == ConnectionState.Open) { c.CreateCommand(); }")]
    [InlineData("Console.WriteLine(nameof(other));")]
    [InlineData("outer.Save(\"a\"); outer.Rollback(\"a\"); outer.Release(\"a\");")]
    [InlineData("new NpgsqlCommand(\"savepoint a\", c).ExecuteNonQuery(); new NpgsqlCommand(\"rollback to savepoint a\", c).ExecuteNonQuery();")]
    [InlineData("new NpgsqlCommand(\"do $b$ begin perform 1; end $b$\", c).ExecuteNonQuery();")]
    [InlineData("new NpgsqlCommand(\"select commit from ends\", c).ExecuteNonQuery(); Console.WriteLine(\"commit\");")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } catch (Exception) { throw; }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } catch (PostgresException e) { throw new InvalidOperationException(\"own\", e); }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } catch (PostgresException) { new NpgsqlCommand(\"rollback to savepoint a\", c).ExecuteNonQuery(); }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } catch (FormatException) { }")]
    [InlineData("try { int.Parse(\"1\"); } catch (Exception) { }")]
    [InlineData("try { c.CreateCommand().ExecuteNonQuery(); } finally { Console.WriteLine(); }")]
    public Task Stays_silent(string statement) => IsReportedIn(Inside(statement));

    [Theory]
    [InlineData("void Run(WritableDataSource s, NpgsqlConnection d) { s.ExecuteInTransaction(c => { c.CreateCommand(); }); d.CreateCommand(); }")]
    [InlineData("void Run(WritableDataSource s) => s.ExecuteInTransaction(Work); void Work(NpgsqlConnection c) { using var t = c.BeginTransaction(); }")]
    [InlineData("class Other { public void ExecuteInTransaction(Action<NpgsqlConnection> operation) { } } void Run(Other s, NpgsqlConnection d) => s.ExecuteInTransaction(c => { d.CreateCommand(); });")]
    public Task Stays_silent_outside_of_an_operation(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn("""
        namespace ReadOnlyGuard { class WritableDataSource { void ExecuteInTransaction(System.Action<System.Data.Common.DbConnection> operation) { } void Run(System.Data.Common.DbConnection d) => ExecuteInTransaction(c => { d.CreateCommand(); }); } }
        """, Testing.Code.WithoutNpgsql);

    static string Inside(string statement) => $$"""
        const string Sql = "end transaction";
        void Run(WritableDataSource s, NpgsqlTransaction outer, NpgsqlConnection other) { _ = Sql; s.ExecuteInTransaction(c => { {{statement}} }); }
        """;

    static Task IsReportedIn(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
}
