using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>A data source in scope may be for another database: it is offered by name, for one site at a time.</summary>
public sealed class SourceInScopeIsOffered
{
    [Theory]
    [InlineData("object Make(WritableDataSource orders, string cs) => [|new NpgsqlConnection(cs)|];", "orders")]
    [InlineData("readonly WritableDataSource _orders = WritableDataSource.For(\"Host=a\"); object Make(string cs) => [|new NpgsqlConnection(cs)|];", "_orders")]
    [InlineData("static readonly WritableDataSource Orders_ = WritableDataSource.For(\"Host=a\"); static object Make(string cs) => [|new NpgsqlConnection(cs)|];", "Orders_")]
    [InlineData("WritableDataSource Source { get; } = null!; object Make(string cs) => [|new NpgsqlConnection(cs)|];", "Source")]
    [InlineData("object Make(string cs) { var orders = WritableDataSource.For(\"Host=b\"); return [|new NpgsqlConnection(cs)|]; }", "orders")]
    [InlineData("class Inner(WritableDataSource orders) { public object Make(string cs) => [|new NpgsqlConnection(cs)|]; object S => orders; }", "orders")]
    [InlineData("WritableDataSource _field = null!; object Make(WritableDataSource orders, string cs) { _field = orders; return [|new NpgsqlConnection(cs)|]; }", "orders")]
    public Task First_and_by_its_name(string member, string name) => IsFixed(
        member, member.Replace("[|new NpgsqlConnection(cs)|]", name + ".CreateConnection()"), $"Use WritableDataSource '{name}'");

    [Fact]
    public Task And_takes_the_Open_in() => IsFixed("""
        async Task Run(WritableDataSource orders, string cs, CancellationToken cancellationToken)
        {
            await using var connection = [|new NpgsqlConnection(cs)|];
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        """, """
        async Task Run(WritableDataSource orders, string cs, CancellationToken cancellationToken)
        {
            await using var connection = await orders.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        """, "Use WritableDataSource 'orders'");

    [Theory]
    [InlineData("object Make(WritableDataSource? orders, string cs) => [|new NpgsqlConnection(cs)|];")]
    [InlineData("readonly WritableDataSource _orders = WritableDataSource.For(\"Host=a\"); static object Make(string cs) => [|new NpgsqlConnection(cs)|];")]
    [InlineData("object Make(string cs) { var made = [|new NpgsqlConnection(cs)|]; var orders = WritableDataSource.For(cs); return made; }")]
    [InlineData("Func<string, object> Make(WritableDataSource orders) => static cs => [|new NpgsqlConnection(cs)|];")]
    [InlineData("readonly WritableDataSource _orders = WritableDataSource.For(\"Host=a\"); class Inner { object Make(string cs) => [|new NpgsqlConnection(cs)|]; }")]
    [InlineData("class Inner(WritableDataSource orders) { object S => orders; static object Make(string cs) => [|new NpgsqlConnection(cs)|]; }")]
    [InlineData("WritableDataSource Source { get; } = WritableDataSource.For(\"Host=a\"); Func<string, object> _make = cs => [|new NpgsqlConnection(cs)|];")]
    [InlineData("object Make(WritableDataSource orders, string cs) => [|new NpgsqlConnection(/* primary */ cs)|];")]
    [InlineData("object Make(DbDataSource orders, string cs) => [|new NpgsqlConnection(cs)|];")]
    public Task But_not_where_it_cannot_be_used(string member) => IsFixed(
        member,
        member.Replace("[|new NpgsqlConnection(", "WritableDataSource.For(").Replace(")|]", ").CreateConnection()"),
        "Use WritableDataSource");

    static Task IsFixed(string before, string after, string title)
    {
        var test = new CSharpCodeFixTest<ConnectionIsNotCreatedRaw, ConnectionIsNotCreatedRawFixer, DefaultVerifier>
        {
            TestCode = "using ReadOnlyGuard;\n" + Testing.Code.InClass(before),
            FixedCode = "using ReadOnlyGuard;\n" + Testing.Code.InClass(after),
            // Fix All keeps the database that each site named.
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
            CodeActionVerifier = (action, verifier) => verifier.Equal(title, action.Title),
        };
        return Testing.Code.Run(test, null);
    }
}
