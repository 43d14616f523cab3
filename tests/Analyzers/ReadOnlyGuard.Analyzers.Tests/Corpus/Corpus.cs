using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Corpus;

/// <summary>
/// Code as applications have it, in <c>Before</c>; with what all rules report there, in <c>reports.txt</c>, and what Fix All makes of the
/// whole solution, in <c>After</c>. Each file is a project; files that share the first part of their names are one together.
/// </summary>
static class Corpus
{
    // As the SDK's.
    const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        """;

    // What the fix of ROG004 needs until a package brings it, and registrations as Aspire has them.
    const string Surroundings = """

        namespace Microsoft.EntityFrameworkCore
        {
            using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

            static class ReadOnlyGuardDbContextOptionsBuilderExtensions
            {
                public static DbContextOptionsBuilder UseWritableNpgsql(this DbContextOptionsBuilder options, string? connectionString, Action<NpgsqlDbContextOptionsBuilder>? configure = null) => options;
                public static DbContextOptionsBuilder<T> UseWritableNpgsql<T>(this DbContextOptionsBuilder<T> options, string? connectionString, Action<NpgsqlDbContextOptionsBuilder>? configure = null) where T : DbContext => options;
            }
        }

        namespace Microsoft.Extensions.Hosting
        {
            using Microsoft.EntityFrameworkCore;
            using Npgsql;

            static class AspireNpgsqlExtensions
            {
                public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
                public static void AddKeyedNpgsqlDataSource(this IHostApplicationBuilder builder, string name, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
                public static void AddNpgsqlDbContext<TContext>(this IHostApplicationBuilder builder, string connectionName, Action<DbContextOptionsBuilder>? configureDbContextOptions = null) where TContext : DbContext { }
                public static void AddWritableNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
            }
        }
        """;

    const string SurroundingsName = "Surroundings.cs";

    // The others are for one.
    static readonly Dictionary<string, string[]> Targets = new()
    {
        ["LibraryForNet"] = ["net8.0", "net10.0"],
        ["LibraryForNetStandard"] = ["net8.0", "net10.0", "netstandard2.0"],
    };

    static readonly Lazy<Task<Outcome>> Outcomes = new(RunAsync);

    public static IEnumerable<string> Files { get; } =
        [.. Directory.EnumerateFiles(Folder("Before"), "*.cs").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>What came of the whole corpus, in one run for all tests.</summary>
    public static Task<Outcome> Run() => Outcomes.Value;

    public static string After(string file) => File.ReadAllText(Path.Combine(Folder("After"), file));

    public static IEnumerable<string> Reports() => File.ReadAllLines(Path.Combine(Folder("."), "reports.txt"));

    static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Corpus", name);

    static async Task<Outcome> RunAsync()
    {
        var before = Files.GroupBy(file => file.Split('.')[0]).Aggregate(Workbench.Empty, (solution, project) =>
        {
            var files = project.Select(file => (file, File.ReadAllText(Path.Combine(Folder("Before"), file)))).ToList();
            return Targets.TryGetValue(project.Key, out var targets)
                ? solution.WithTargets(project.Key, targets, [.. files, (SurroundingsName, ImplicitUsings)])
                : solution.WithApplication(project.Key, [.. files, (SurroundingsName, ImplicitUsings + Surroundings)]);
        });
        var after = await FixAsync(before);
        var twice = await FixAsync(after);

        var reports = new List<string>();
        foreach (var project in before.Projects)
            reports.AddRange((await project.ReportsAsync()).Select(Line));
        reports.Sort(StringComparer.Ordinal);
        return new(reports, await TextsAsync(after), await TextsAsync(twice), await ComplaintsAsync(before), await ComplaintsAsync(after));
    }

    /// <summary>Every Fix All that there is, each in the whole solution.</summary>
    static async Task<Solution> FixAsync(Solution solution)
    {
        foreach (var fixer in Catalogue.Catalogue.Fixers().OrderBy(fixer => fixer.FixableDiagnosticIds[0], StringComparer.Ordinal))
            solution = await solution.FixAllAsync(FixAllScope.Solution, fixer);
        return solution;
    }

    static string Line(Diagnostic report)
    {
        var at = report.Location.GetLineSpan();
        return $"{Path.GetFileName(at.Path)}({at.StartLinePosition.Line + 1},{at.StartLinePosition.Character + 1}): {report.Id}";
    }

    static async Task<IReadOnlyDictionary<string, string>> TextsAsync(Solution solution)
    {
        var texts = new Dictionary<string, string>();
        foreach (var document in solution.Projects.SelectMany(project => project.Documents).Where(document => Path.GetFileName(document.Name) != SurroundingsName))
            texts[Path.GetFileName(document.Name)] = (await document.GetTextAsync()).ToString();
        return texts;
    }

    /// <summary>The compiler's errors and warnings, by project.</summary>
    static async Task<ILookup<string, string>> ComplaintsAsync(Solution solution)
    {
        var complaints = new List<(string Project, string Complaint)>();
        foreach (var project in solution.Projects)
        {
            var compilation = await project.GetCompilationAsync();
            complaints.AddRange(compilation!.GetDiagnostics().Where(complaint => complaint.Severity >= DiagnosticSeverity.Warning).Select(complaint => (project.Name.Split('(')[0], complaint.ToString())));
        }
        return complaints.ToLookup(complaint => complaint.Project, complaint => complaint.Complaint);
    }

    /// <param name="Reports">What all rules report, a line each.</param>
    /// <param name="Texts">Each file after Fix All.</param>
    /// <param name="TextsTwice">Each file after another Fix All.</param>
    /// <param name="ComplaintsBefore">What the compiler has against each project before.</param>
    /// <param name="ComplaintsAfter">What it has after Fix All.</param>
    public sealed record Outcome(
        IReadOnlyList<string> Reports,
        IReadOnlyDictionary<string, string> Texts,
        IReadOnlyDictionary<string, string> TextsTwice,
        ILookup<string, string> ComplaintsBefore,
        ILookup<string, string> ComplaintsAfter);
}
