using System.Text.RegularExpressions;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>Links between the pages lead to files and headings that are there, and the index leads to every page.</summary>
public sealed partial class Links
{
    [Fact]
    public void Lead_to_files_and_headings()
    {
        var broken = new List<string>();
        foreach (var page in Pages.Names)
        {
            foreach (Match link in Link().Matches(WithoutCode(Pages.Text(page))))
            {
                var target = link.Groups["target"].Value;
                if (target.StartsWith("http", StringComparison.Ordinal))
                    continue;
                var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
                var file = path.Length == 0 ? Path.Combine(Pages.Repository, page) : Path.GetFullPath(Path.Combine(Pages.Repository, Path.GetDirectoryName(page)!, path));
                if (!Path.Exists(file) || (anchor is not null && !Anchors(File.ReadAllText(file)).Contains(anchor)))
                    broken.Add($"{page}: {target}");
            }
        }
        Assert.Empty(broken);
    }

    [Fact]
    public void Of_the_index_lead_to_every_page()
    {
        var linked = Link().Matches(Pages.Text("docs/README.md")).Select(link => "docs/" + link.Groups["target"].Value.Split('#')[0]).ToHashSet();
        Assert.DoesNotContain(Pages.Names, page => Path.GetDirectoryName(page) == "docs" && page != "docs/README.md" && !linked.Contains(page));
    }

    // As GitHub makes them.
    static HashSet<string> Anchors(string page)
        => [.. Heading().Matches(WithoutCode(page)).Select(heading => NoneOfAnAnchor().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    static string WithoutCode(string page) => Fence().Replace(page, "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoneOfAnAnchor();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
