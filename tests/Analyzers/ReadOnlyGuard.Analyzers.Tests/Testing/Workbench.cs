using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Testing;

/// <summary>Runs all rules and Fix All on code whose expected diagnostics nobody wants to list: broken, huge, or in several projects.</summary>
static class Workbench
{
    static readonly ImmutableArray<DiagnosticAnalyzer> Rules = [.. Catalogue.Catalogue.Rules()];

    static readonly ConcurrentDictionary<(ProjectId, VersionStamp), ImmutableArray<Diagnostic>> Reported = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Solution Empty => new AdhocWorkspace().CurrentSolution;

    public static Solution WithProject(this Solution solution, string name, params (string Name, string Text)[] files) =>
        solution.WithProject(name, OutputKind.DynamicallyLinkedLibrary, [], files);

    /// <summary>A project with all that an application may reference, and a beginning where its files have one.</summary>
    public static Solution WithApplication(this Solution solution, string name, params (string Name, string Text)[] files)
    {
        var begins = files.Any(file => CSharpSyntaxTree.ParseText(file.Text).GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any());
        return solution.WithProject(name, begins ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, References.Applications, files);
    }

    /// <summary>Another project that can be without the guard or without nullable annotations. A file with a rooted name is shared.</summary>
    public static Solution WithTarget(this Solution solution, string name, bool guarded, bool nullable, params (string Name, string Text)[] files)
    {
        var project = solution.WithProject(name, files).Projects.Single(added => added.Name == name);
        project = project.WithCompilationOptions(((CSharpCompilationOptions)project.CompilationOptions!).WithNullableContextOptions(nullable ? NullableContextOptions.Enable : NullableContextOptions.Disable));
        return (guarded ? project : project.RemoveMetadataReference(References.Runtime)).Solution;
    }

    /// <summary>A library of several targets, which share its files; for netstandard2.0 there is no guard.</summary>
    public static Solution WithTargets(this Solution solution, string name, string[] targets, params (string Name, string Text)[] files) =>
        targets.Aggregate(solution, (all, target) =>
        {
            var added = $"{name}({target})";
            var symbols = target == "netstandard2.0" ? new[] { "NETSTANDARD2_0" } : target == "net8.0" ? ["NET8_0", "NET8_0_OR_GREATER"] : ["NET10_0", "NET8_0_OR_GREATER", "NET10_0_OR_GREATER"];
            all = all.WithTarget(added, guarded: target != "netstandard2.0", nullable: true, [.. files.Select(file => ("/" + name + "/" + file.Name, file.Text))]);
            return all.Projects.Single(project => project.Name == added).WithParseOptions(CSharpParseOptions.Default.WithPreprocessorSymbols(symbols)).Solution;
        });

    static Solution WithProject(
        this Solution solution, string name, OutputKind kind, ImmutableArray<MetadataReference> references, params (string Name, string Text)[] files)
    {
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable)
            // As the SDK has them.
            .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);
        var project = solution.AddProject(name, name, LanguageNames.CSharp)
            .WithCompilationOptions(options)
            .AddMetadataReferences(references)
            .AddMetadataReferences([.. References.Framework, References.Npgsql, References.Runtime, References.DependencyInjection, References.Registrations, .. References.EntityFramework]);
        return files.Aggregate(project, (p, file) => p.AddDocument(file.Name, SourceText.From(file.Text), filePath: Path.IsPathRooted(file.Name) ? file.Name : $"/{name}/{file.Name}").Project).Solution;
    }

    public static Solution WithFile(string text) => Empty.WithProject("Shop", ("Orders.cs", text));

    public static async Task<List<string>> TextsAsync(this Solution solution)
    {
        var texts = new List<string>();
        foreach (var document in solution.Projects.SelectMany(project => project.Documents))
        {
            texts.Add((await document.GetTextAsync(Cancellation)).ToString());
        }

        return texts;
    }

    public static async Task<List<Diagnostic>> CompileErrorsAsync(this Solution solution)
    {
        var errors = new List<Diagnostic>();
        foreach (var project in solution.Projects)
        {
            var compilation = await project.GetCompilationAsync(Cancellation);
            errors.AddRange(compilation!.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        }

        return errors;
    }

    public static async Task<ImmutableArray<Diagnostic>> ReportsAsync(this Project project)
    {
        // Every Fix All asks for those of every project, most of which are as they were.
        var key = (project.Id, await project.GetDependentVersionAsync(Cancellation));
        return Reported.TryGetValue(key, out var known) ? known : Reported[key] = await AnalyseAsync(project);
    }

    static async Task<ImmutableArray<Diagnostic>> AnalyseAsync(Project project)
    {
        var compilation = await project.GetCompilationAsync(Cancellation);
        var throws = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => Assert.Fail(exception.ToString()), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        return await compilation!.WithAnalyzers(Rules, throws).GetAnalyzerDiagnosticsAsync(Cancellation);
    }

    public static Task<Solution> FixAllAsync(this Solution solution, FixAllScope scope) => solution.FixAllAsync(scope, new ConnectionIsNotCreatedRawFixer());

    public static async Task<Solution> FixAllAsync(this Solution solution, FixAllScope scope, CodeFixProvider fixer)
    {
        var operations = await solution.FixAllOperationsAsync(scope, fixer);
        return operations.OfType<ApplyChangesOperation>().SingleOrDefault()?.ChangedSolution ?? solution;
    }

    /// <summary>What the fixer's Fix All would do.</summary>
    public static async Task<ImmutableArray<CodeActionOperation>> FixAllOperationsAsync(this Solution solution, FixAllScope scope, CodeFixProvider fixer)
    {
        var context = new FixAllContext(
            solution.Projects.First().Documents.First(), fixer, scope, "any", fixer.FixableDiagnosticIds, new Reports(), Cancellation);
        var action = await fixer.GetFixAllProvider()!.GetFixAsync(context);
        return await action!.GetOperationsAsync(Cancellation);
    }

    /// <summary>What each action of the fixer makes of the solution, each report by itself.</summary>
    public static async Task<List<Solution>> FixEachAsync(this Solution solution, CodeFixProvider fixer)
    {
        var after = new List<Solution>();
        foreach (var action in await solution.ActionsAsync(fixer))
        {
            after.Add(await solution.AfterAsync(action));
        }

        return after;
    }

    /// <summary>The actions that the fixer offers, for each report by itself.</summary>
    public static async Task<List<CodeAction>> ActionsAsync(this Solution solution, CodeFixProvider fixer)
    {
        var actions = new List<CodeAction>();
        foreach (var report in (await solution.Projects.Single().ReportsAsync()).Where(report => fixer.FixableDiagnosticIds.Contains(report.Id)))
        {
            var document = solution.GetDocument(report.Location.SourceTree)!;
            await fixer.RegisterCodeFixesAsync(new CodeFixContext(document, report, (action, _) => actions.Add(action), Cancellation));
        }

        return actions;
    }

    static async Task<Solution> AfterAsync(this Solution solution, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(Cancellation);
        return operations.OfType<ApplyChangesOperation>().SingleOrDefault()?.ChangedSolution ?? solution;
    }

    sealed class Reports : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await project.ReportsAsync();

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await document.Project.ReportsAsync()).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
