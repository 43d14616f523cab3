using System.Text.RegularExpressions;

namespace ReadOnlyGuard.PackageTests;

/// <summary>The walk of docs/adopting.md through a solution with hundreds of sites: each command as it stands there, and what it prints.</summary>
public sealed partial class AdoptionWalk(PackedPackage package)
{
    [Fact, Trait("Heavy", "yes")]
    public async Task Ends_without_a_warning_after_the_fixes_and_a_handful_of_decisions()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "adopting.md"), TestContext.Current.CancellationToken);
        var section = page[page.IndexOf("## A walk", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        var shop = new ShopOfHundreds(package);
        await shop.WriteAsync();

        var functions = "set -euo pipefail\n";
        foreach (Match block in Blocks().Matches(section))
        {
            var printed = await DotNet.RunProgramAsync("bash", shop.Folder, "-c", functions + block.Groups["commands"].Value);
            if (block.Groups["commands"].Value.StartsWith("reports()", StringComparison.Ordinal))
                functions += block.Groups["commands"].Value[..block.Groups["commands"].Value.IndexOf("\n}\n", StringComparison.Ordinal)] + "\n}\n";

            TestContext.Current.SendDiagnosticMessage(printed);
            Assert.Equal(block.Groups["printed"].Value, printed);
        }
    }

    [GeneratedRegex("```bash\n(?<commands>.*?)```\n(\n```\n(?<printed>.*?)```\n)?", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
