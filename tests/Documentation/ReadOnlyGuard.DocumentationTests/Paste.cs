using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>Blocks in one program, as a reader pastes them: usings first, then the statements in their order, then the types.</summary>
static class Paste
{
    static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && Path.GetFileNameWithoutExtension(file) is not ("ReadOnlyGuard.DocumentationTests" or "ReadOnlyGuard.Servers" or "ReadOnlyGuard.Analyzers"))
            .Select(file => MetadataReference.CreateFromFile(file))]);

    /// <summary>What <c>ImplicitUsings</c> gives a project of each SDK.</summary>
    static readonly Dictionary<string, string[]> ImplicitUsings = new()
    {
        ["console"] = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"],
        ["worker"] =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
            "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        ],
        ["web"] =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json", "System.Threading", "System.Threading.Tasks",
            "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
            "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        ],
    };

    /// <summary>The block, below those that it continues.</summary>
    public static string Program(IReadOnlyList<Block> page, Block block)
    {
        var first = page.Index().First(item => item.Item.Line == block.Line).Index;
        var last = first;
        while (page[first].Continues)
            first--;
        var parts = page.Take(last + 1).Skip(first).Where(part => part.Language == "csharp").ToArray();
        return Join([Pages.GivenOn(block.Page), .. parts.SelectMany(part => new[] { part.Given, part.Text })]);
    }

    public static string Join(IEnumerable<string> parts)
    {
        var units = parts.Select(part => CSharpSyntaxTree.ParseText(part, Parsing).GetCompilationUnitRoot()).ToArray();
        var usings = units.SelectMany(unit => unit.Usings).Select(use => use.WithoutTrivia().NormalizeWhitespace().ToString()).Distinct();
        var statements = units.SelectMany(unit => unit.Members).Where(IsStatement).Select(member => member.ToFullString());
        var types = units.SelectMany(unit => unit.Members).Where(member => !IsStatement(member)).Select(member => member.ToFullString());
        return string.Join('\n', usings) + "\n\n" + string.Concat(statements) + "\n" + string.Concat(types);
    }

    static bool IsStatement(MemberDeclarationSyntax member) => member is GlobalStatementSyntax;

    public static bool IsProgram(string text) => CSharpSyntaxTree.ParseText(text, Parsing).GetCompilationUnitRoot().Members.Any(IsStatement);

    public static CSharpCompilation Compile(string text, string sdk) => CSharpCompilation.Create(
        "Pasted" + Guid.NewGuid().ToString("n"),
        [
            CSharpSyntaxTree.ParseText(text, Parsing, "Program.cs"),
            CSharpSyntaxTree.ParseText(string.Concat(ImplicitUsings[sdk].Select(name => $"global using {name};\n")), Parsing, "Usings.cs"),
        ],
        References.Value,
        new(IsProgram(text) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>What a reader's build would complain of, the rules of ReadOnlyGuard included.</summary>
    public static async Task<string[]> ComplaintsAsync(string text, string sdk)
    {
        var rules = Assembly.Load("ReadOnlyGuard.Analyzers").GetTypes().Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type, nonPublic: true)!);
        var diagnostics = await Compile(text, sdk).WithAnalyzers([.. rules]).GetAllDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !IsOfAnExcerpt(diagnostic.Id)).Select(diagnostic => diagnostic.ToString()).Order()];
    }

    // An excerpt declares what it does not use: functions, variables. The SDK silences the two on versions of assemblies in every project.
    static bool IsOfAnExcerpt(string id) => id is "CS8321" or "CS0168" or "CS0219" or "CS1701" or "CS1702";
}
