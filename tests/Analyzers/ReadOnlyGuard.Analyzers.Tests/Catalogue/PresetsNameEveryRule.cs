namespace ReadOnlyGuard.Analyzers.Tests.Catalogue;

/// <summary>A rule that a preset leaves out would have its default severity there, and nobody would have decided that.</summary>
public sealed class PresetsNameEveryRule
{
    public static TheoryData<string> Presets => ["strict", "application", "library"];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Once_and_no_other(string preset)
    {
        const string before = "dotnet_diagnostic.", after = ".severity = ";
        var named = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "presets", preset + ".globalconfig"))
            .Where(line => line.StartsWith(before, StringComparison.Ordinal))
            .Select(line => line[before.Length..line.IndexOf(after, StringComparison.Ordinal)]);

        Assert.Equal(Catalogue.Rules().SelectMany(rule => rule.SupportedDiagnostics).Select(rule => rule.Id).Order(), named);
    }
}
