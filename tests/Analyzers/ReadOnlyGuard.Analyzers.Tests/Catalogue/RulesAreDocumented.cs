using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Catalogue;

public sealed class RulesAreDocumented
{
    public static TheoryData<string> Ids => [.. Rules.Select(rule => rule.Id)];

    static IEnumerable<DiagnosticDescriptor> Rules => Catalogue.Rules().SelectMany(analyzer => analyzer.SupportedDiagnostics);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_help_link_leads_to_a_page_of_that_rule(string id)
    {
        var rule = Rules.Single(rule => rule.Id == id);

        Assert.Equal($"https://github.com/readonlyguard/readonlyguard/blob/main/docs/rules/{id}.md", rule.HelpLinkUri);
        var page = Path.Combine(AppContext.BaseDirectory, "docs", "rules", id + ".md");
        Assert.True(File.Exists(page), $"{id} has no page");
        Assert.StartsWith($"# {id}: ", File.ReadLines(page).First());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_rule_but_that_on_replication_is_on_by_default_and_all_are_in_the_one_category(string id)
    {
        var rule = Rules.Single(rule => rule.Id == id);

        Assert.Equal(id != RuleIds.ReplicationConnection, rule.IsEnabledByDefault);
        Assert.Equal("Reliability", rule.Category);
        Assert.Matches("^ROG0[0-9]{2}$", id);
    }

    [Fact]
    public void Each_page_is_that_of_a_rule() => Assert.Equal(
        Rules.Select(rule => rule.Id).Order(),
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs", "rules")).Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void Each_rule_on_raw_use_can_be_excused()
    {
        Assert.Equal(Catalogue.Rules().OfType<RawUseRule>().Select(rule => rule.GetType().Name).Order(), RawUseRules.All.Select(rule => rule.GetType().Name).Order());
        Assert.Equal(RawUseRules.All.SelectMany(rule => rule.SupportedDiagnostics).Select(rule => rule.Id).Order(), RuleIds.RawUses.Order());
    }

    [Fact]
    public void Each_other_fix_is_for_a_rule_and_has_Fix_All_for_document_project_and_solution()
    {
        var fixers = Catalogue.Fixers().Where(fixer => fixer is not AllowWithReasonFixer).ToList();

        Assert.NotEmpty(fixers);
        Assert.All(fixers, fixer =>
        {
            Assert.Subset(Rules.Select(rule => rule.Id).ToHashSet(), fixer.FixableDiagnosticIds.ToHashSet());
            Assert.Superset(
                new HashSet<FixAllScope> { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution },
                fixer.GetFixAllProvider()!.GetSupportedFixAllScopes().ToHashSet());
        });
    }
}
