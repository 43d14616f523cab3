using System.Reflection;
using System.Text.RegularExpressions;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>README.md, every page of docs and the readme of each package, with their blocks of code.</summary>
static class Pages
{
    public static string Repository { get; } = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Repository").Value!;

    /// <summary>Paths below the repository, with slashes.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md" }.Where(name => File.Exists(Path.Combine(Repository, name))),
        .. new[] { "docs", "src" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository, folder), "*.md", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Repository, name));

    public static IReadOnlyList<Block> BlocksOf(string name)
    {
        var blocks = new List<Block>();
        var comments = new List<string>();
        var lines = Text(name).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("<!--", StringComparison.Ordinal))
            {
                var begin = i;
                while (!lines[i].EndsWith("-->", StringComparison.Ordinal))
                    i++;
                comments.Add(string.Join('\n', lines[begin..(i + 1)])[4..^3].Trim());
            }
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var begin = i;
                while (lines[++i] != "```")
                {
                }
                blocks.Add(new(name, begin + 1, lines[begin][3..], string.Join('\n', lines[(begin + 1)..i]) + "\n", [.. comments]));
                comments.Clear();
            }
            else if (lines[i].Length > 0)
            {
                comments.Clear();
            }
        }
        return blocks;
    }

    /// <summary>The code that a comment of the page gives all of its blocks.</summary>
    public static string GivenOn(string name)
        => string.Join('\n', Regex.Matches(Text(name), @"<!-- given on this page:(?<code>.*?)-->", RegexOptions.Singleline).Select(match => match.Groups["code"].Value.Trim()));
}

/// <summary>A fenced block, and the comments right above it, which the rendered page does not show.</summary>
/// <param name="Comments">
/// <c>given: code</c> is what the reader has around it; <c>continues</c> pastes it below the block before; <c>web</c> and <c>worker</c> name the
/// project's SDK; <c>not compiled: reason</c> and <c>lines of: file</c> leave it out; <c>run</c> names a block that <see cref="MainPaths"/> runs.
/// </param>
public sealed record Block(string Page, int Line, string Language, string Text, IReadOnlyList<string> Comments)
{
    public bool Continues => Comments.Contains("continues");

    public string Sdk => Comments.FirstOrDefault(comment => comment is "web" or "worker") ?? "console";

    public string Given => string.Join('\n', Comments.Where(comment => comment.StartsWith("given:", StringComparison.Ordinal)).Select(comment => comment["given:".Length..]));

    public string? After(string word) => Comments.FirstOrDefault(comment => comment.StartsWith(word + ":", StringComparison.Ordinal))?[(word.Length + 1)..].Trim();

    public override string ToString() => $"{Page}:{Line}";
}
