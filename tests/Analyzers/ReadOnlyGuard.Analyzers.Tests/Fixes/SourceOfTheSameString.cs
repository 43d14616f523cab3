using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>A source that is declared with the connection string of the site is for the same database: Fix All takes it too.</summary>
public sealed class SourceOfTheSameString
{
    [Theory]
    [InlineData("object Make(string cs) { var orders = WritableDataSource.For(cs); return new NpgsqlConnection(cs); }", "orders")]
    [InlineData("object Make(string cs) { using var orders = WritableDataSource.Create(cs); return new NpgsqlConnection(cs); }", "orders")]
    [InlineData("const string Cs = \"Host=a\"; readonly WritableDataSource _orders = WritableDataSource.Create(Cs); object Make() => new NpgsqlConnection(Cs);", "_orders")]
    [InlineData("static readonly string Cs = \"Host=a\"; static readonly WritableDataSource Orders_ = WritableDataSource.Create(Cs); object Make() => new NpgsqlConnection(Cs);", "Orders_")]
    public async Task Is_taken(string member, string source)
    {
        var solution = Workbench.WithFile(Source(member));
        var offered = (await solution.ActionsAsync(new ConnectionIsNotCreatedRawFixer())).Select(action => action.Title);

        Assert.Equal(["Use WritableDataSource"], offered);
        Assert.Equal([Source(Site.Replace(member, source + ".CreateConnection()"))], await (await solution.FixAllAsync(FixAllScope.Document)).TextsAsync());
    }

    [Theory]
    [InlineData("object Make(string cs, string other) { var orders = WritableDataSource.For(other); return new NpgsqlConnection(cs); }")]
    [InlineData("object Make(string cs) { var orders = WritableDataSource.For(cs); cs += \";Database=b\"; return new NpgsqlConnection(cs); }")]
    [InlineData("object Make(string cs) { var orders = WritableDataSource.For(cs); orders = WritableDataSource.For(\"Host=b\"); return new NpgsqlConnection(cs); }")]
    [InlineData("object Make(string cs) { var a = WritableDataSource.For(cs); var b = WritableDataSource.Create(cs); return new NpgsqlConnection(cs); }")]
    [InlineData("string Cs { get; set; } = \"\"; object Make() { var orders = WritableDataSource.For(Cs); return new NpgsqlConnection(Cs); }")]
    public async Task Is_not_taken_where_it_may_be_another(string member) => Assert.Equal(
        [Source(Site.Replace(member, "WritableDataSource.For($1).CreateConnection()"))],
        await (await Workbench.WithFile(Source(member)).FixAllAsync(FixAllScope.Document)).TextsAsync());

    static readonly Regex Site = new(@"new NpgsqlConnection\((\w+)\)");

    static string Source(string member) => "using ReadOnlyGuard;\n" + Code.InClass(member);
}
