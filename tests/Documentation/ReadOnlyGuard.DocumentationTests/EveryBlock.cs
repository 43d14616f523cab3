using System.Diagnostics;
using System.Xml.Linq;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>Each block of code on each page is what a compiler, a parser or a shell takes, in the combination in which a reader pastes it.</summary>
public sealed class EveryBlock
{
    public static TheoryData<Block> Of(string language)
        => [.. Pages.Names.SelectMany(Pages.BlocksOf).Where(block => block.Language == language).Select(block => new TheoryDataRow<Block>(block) { TestDisplayName = block.ToString() })];

    [Fact]
    public void Says_what_it_is_written_in()
    {
        // A block without a name is what a program prints, or a drawing.
        string[] known = ["csharp", "bash", "xml", "ini", "yaml", "haproxy", "sql", "mermaid", "text", ""];
        var blocks = Pages.Names.SelectMany(Pages.BlocksOf).ToArray();
        Assert.Empty(blocks.Where(block => !known.Contains(block.Language)).Select(block => $"{block} is '{block.Language}'"));
        Assert.Empty(blocks.Where(block => block.Language is "text" or "" && block.Text.Split('\n').Any(IsCommand)).Select(block => $"{block} is a command without a language"));
    }

    static bool IsCommand(string line) => line.StartsWith("dotnet ", StringComparison.Ordinal) || line.StartsWith("./build/", StringComparison.Ordinal) || line.StartsWith("cd ", StringComparison.Ordinal);

    [Fact]
    public void Says_why_where_it_is_not_compiled()
        => Assert.All(
            Pages.Names.SelectMany(Pages.BlocksOf).Where(block => block.Comments.Any(comment => comment.StartsWith("not compiled", StringComparison.Ordinal))),
            block => Assert.True(block.After("not compiled") is { Length: > 10 }, $"{block} does not say why"));

    [Theory]
    [MemberData(nameof(Of), "csharp")]
    public async Task Of_CSharp_compiles_without_a_warning(Block block)
    {
        if (block.After("not compiled") is not null)
            return;
        if (block.After("lines of") is { } file)
        {
            var lines = File.ReadLines(Path.Combine(Pages.Repository, file)).Select(line => line.Trim()).ToHashSet();
            Assert.All(block.Text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 1), line => Assert.Contains(line, lines));
            return;
        }
        Assert.DoesNotContain("using ", block.Given.Split('\n').Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal)));
        var complaints = RulePage.IsOne(block.Page)
            ? await RulePage.ComplaintsAsync(block)
            : await Paste.ComplaintsAsync(Paste.Program(Pages.BlocksOf(block.Page), block), block.Sdk);
        Assert.True(complaints.Length == 0, $"{block}\n{string.Join('\n', complaints)}");
    }

    [Theory]
    [MemberData(nameof(Of), "bash")]
    public async Task Of_shell_commands_is_read_by_a_shell(Block block)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await shell.StandardInput.WriteAsync(block.Text);
        shell.StandardInput.Close();
        Assert.Equal("", await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Of), "xml")]
    public void Of_XML_is_well_formed(Block block) => XElement.Parse($"<any>{block.Text}</any>");
}
