using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Spectre.Console;

namespace ReadOnlyGuard.Demo;

/// <summary>The sample, taken through what its owner would do: add the package, read the warnings, apply the fix.</summary>
/// <param name="source">Where its sources are; they stay as they are.</param>
/// <param name="output">Where the packages are, and where there is room to work.</param>
sealed partial class SampleApplication(string source, string output)
{
    readonly string _work = Path.Combine(output, "demo");

    /// <summary>The program as it came.</summary>
    public string Before => Path.Combine(_work, "before", "Ledger");

    /// <summary>The program after the fix.</summary>
    public string After => Path.Combine(_work, "after", "Ledger");

    string Sources => Path.Combine(_work, "Ledger");
    string Originals => Path.Combine(_work, "Ledger.original");

    public async Task CompileBeforeAndAfterAsync()
    {
        Heading("The application: raw NpgsqlConnection");
        await CopyAsync();
        await DotNetAsync("add", "package", "ReadOnlyGuard", "--version", PackageVersion());
        Directory.CreateDirectory(Originals);
        foreach (var file in Directory.GetFiles(Sources, "*.cs"))
            File.Copy(file, Path.Combine(Originals, Path.GetFileName(file)));

        var warnings = await BuildAsync(Before);
        foreach (var warning in warnings)
            AnsiConsole.MarkupLineInterpolated($"[yellow]{warning}[/]");
        if (warnings.Length == 0)
            throw new InvalidOperationException("The package raised no warning in an application that uses raw NpgsqlConnection.");

        Heading("The fix: dotnet format analyzers");
        await DotNetAsync(["format", "analyzers", "--diagnostics", .. warnings.Select(RuleOf).Distinct(), "--severity", "warn", "--no-restore"]);
        await PrintDifferenceAsync();
        if (await BuildAsync(After) is [var left, ..])
            throw new InvalidOperationException($"The fix left a warning: {left}");
    }

    async Task CopyAsync()
    {
        if (Directory.Exists(_work))
            Directory.Delete(_work, recursive: true);
        Directory.CreateDirectory(Sources);
        foreach (var file in Directory.GetFiles(source).Where(file => Path.GetExtension(file) is ".cs" or ".csproj"))
            File.Copy(file, Path.Combine(Sources, Path.GetFileName(file)));

        // Stands for somebody's own repository: nothing of this one reaches in, and nothing of it stays in the user's package cache.
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(_work, name), "<Project />");
        await File.WriteAllTextAsync(Path.Combine(_work, ".editorconfig"), "root = true\n");
        await File.WriteAllTextAsync(
            Path.Combine(_work, "nuget.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_work, "packages")}" /></config>
              <packageSources><add key="readonlyguard" value="{Path.Combine(output, "packages")}" /></packageSources>
            </configuration>
            """);
    }

    string PackageVersion() =>
        Directory.GetFiles(Path.Combine(output, "packages"), "*.nupkg").Select(Path.GetFileName).Select(name => MainPackage().Match(name!))
            .FirstOrDefault(match => match.Success)?.Groups[1].Value
        ?? throw new InvalidOperationException("There is no ReadOnlyGuard package in build/output/packages: run build/pack.");

    async Task<string[]> BuildAsync(string program)
    {
        var printed = await DotNetAsync("build", "-c", "Release", "-o", Path.GetDirectoryName(program)!);
        return [.. Warning().Matches(printed).Select(match => match.Value).Distinct()];
    }

    async Task PrintDifferenceAsync()
    {
        // diff ends with 1 where there is a difference.
        var difference = await Cli.Wrap("diff").WithArguments(["-U1", "-r", Path.GetFileName(Originals), Path.GetFileName(Sources), "-x", "*.csproj", "-x", "obj", "-x", "bin"])
            .WithWorkingDirectory(_work).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        foreach (var line in difference.StandardOutput.TrimEnd().Split('\n'))
        {
            if (line.StartsWith("+++", StringComparison.Ordinal))
                AnsiConsole.MarkupLineInterpolated($"[bold]{line.Split('\t')[0][4..]}[/]");
            else if (line is ['+', ..])
                AnsiConsole.MarkupLineInterpolated($"[green]{line}[/]");
            else if (line is ['-', not '-', ..])
                AnsiConsole.MarkupLineInterpolated($"[red]{line}[/]");
        }
    }

    async Task<string> DotNetAsync(params IReadOnlyList<string> arguments)
    {
        var result = await Cli.Wrap("dotnet").WithArguments(arguments).WithWorkingDirectory(Sources)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        return result.IsSuccess
            ? result.StandardOutput
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{result.StandardOutput}{result.StandardError}");
    }

    static string RuleOf(string warning) => Rule().Match(warning).Value;

    static void Heading(string text) => AnsiConsole.Write(new Rule($"[bold]{text}[/]") { Justification = Justify.Left });

    [GeneratedRegex(@"ROG\d+")]
    private static partial Regex Rule();

    // "…/File.cs(12,34): warning ROG001: text [project]", without the folder and the project.
    [GeneratedRegex(@"[^/\n]+\(\d+,\d+\): warning ROG\d+: .*?(?= \(http|\s\[/|$)", RegexOptions.Multiline)]
    private static partial Regex Warning();

    [GeneratedRegex(@"^ReadOnlyGuard\.(\d.*)\.nupkg$")]
    private static partial Regex MainPackage();
}
