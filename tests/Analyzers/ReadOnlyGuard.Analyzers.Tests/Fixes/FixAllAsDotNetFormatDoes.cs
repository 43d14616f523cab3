using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>
/// <c>dotnet format</c> runs every fixer of an ID, one after the other: it complains where one has no Fix All for a solution, or where
/// that returns no action or no solution.
/// </summary>
public sealed class FixAllAsDotNetFormatDoes
{
    const string Raw = "using Npgsql;\n\nclass Orders { object Make(string cs) => new NpgsqlConnection(cs); }\n";

    public static TheoryData<string> Fixers => [.. Catalogue.Catalogue.Fixers().Select(fixer => fixer.GetType().Name)];

    [Theory, MemberData(nameof(Fixers))]
    public async Task Has_nothing_to_complain_of(string name)
    {
        var fixer = Catalogue.Catalogue.Fixers().Single(fixer => fixer.GetType().Name == name);

        Assert.Contains(FixAllScope.Solution, fixer.GetFixAllProvider()!.GetSupportedFixAllScopes());
        var applied = await Workbench.WithFile(Raw).FixAllOperationsAsync(FixAllScope.Solution, fixer);
        Assert.Single(applied.OfType<Microsoft.CodeAnalysis.CodeActions.ApplyChangesOperation>());
    }

    [Fact]
    public async Task Allows_no_raw_use()
    {
        var solution = await Workbench.WithFile(Raw).FixAllAsync(FixAllScope.Solution, new AllowWithReasonFixer());

        Assert.Equal(Raw, Assert.Single(await solution.TextsAsync()));
    }

    [Fact]
    public void Is_not_offered_by_an_editor_for_allowing_raw_use() =>
        Assert.Equal([FixAllScope.Solution], new AllowWithReasonFixer().GetFixAllProvider().GetSupportedFixAllScopes());
}
