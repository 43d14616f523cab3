using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>Fix All as an editor runs it, over two projects of two files each.</summary>
public sealed class FixAll
{
    const string Raw = """
        // Copyright
        using System.Threading.Tasks;
        using Npgsql;

        namespace Shop;

        class NAME
        {
            readonly NpgsqlConnection _kept = new("Host=a"); // never opened here

            async Task Run(string cs)
            {
                // first
                await using var a = new NpgsqlConnection(cs);
                await a.OpenAsync();

                using (var b = new NpgsqlConnection(cs))
                {
                    // second
                    b.Open();
                }

                var unassigned = new NpgsqlConnection();
            }
        }

        """;

    const string Guarded = """
        // Copyright
        using System.Threading.Tasks;
        using Npgsql;
        using ReadOnlyGuard;

        namespace Shop;

        class NAME
        {
            readonly NpgsqlConnection _kept = WritableDataSource.For("Host=a").CreateConnection(); // never opened here

            async Task Run(string cs)
            {
                // first
                await using var a = await WritableDataSource.For(cs).OpenConnectionAsync();

                using (var b = WritableDataSource.For(cs).OpenConnection())
                {
                    // second
                }

                var unassigned = new NpgsqlConnection();
            }
        }

        """;

    [Theory]
    [InlineData(FixAllScope.Document, 1)]
    [InlineData(FixAllScope.Project, 2)]
    [InlineData(FixAllScope.Solution, 4)]
    public async Task Rewrites_everything_in_its_scope_and_nothing_outside(FixAllScope scope, int files)
    {
        var solution = await Run(TwoProjects(), scope);

        var texts = await TextsOf(solution);
        Assert.Equal(files, texts.Count(text => text == Guarded));
        Assert.Equal(4 - files, texts.Count(text => text == Raw));
    }

    [Theory]
    [InlineData(FixAllScope.Document)]
    [InlineData(FixAllScope.Project)]
    [InlineData(FixAllScope.Solution)]
    public async Task Run_twice_changes_nothing(FixAllScope scope)
    {
        var once = await Run(TwoProjects(), scope);
        var twice = await Run(once, scope);

        Assert.Equal(await TextsOf(once), await TextsOf(twice));
    }

    [Fact]
    public async Task Leaves_no_compile_error_behind()
    {
        var solution = await Run(TwoProjects(), FixAllScope.Solution);

        foreach (var project in solution.Projects)
        {
            var compilation = await project.GetCompilationAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(compilation!.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        }
    }

    [Fact]
    public async Task Rewrites_hundreds_of_sites_in_one_file()
    {
        const int sites = 500;
        var before = "using Npgsql;\n\nclass C\n{\n" + string.Concat(Enumerable.Range(0, sites).Select(i =>
            $"    void M{i}(string cs)\n    {{\n        using var c = new NpgsqlConnection(cs);\n        c.Open();\n    }}\n")) + "}\n";

        var solution = await Run(Project(new AdhocWorkspace().CurrentSolution, "Shop", ("C.cs", before)), FixAllScope.Document);

        var after = Assert.Single(await TextsOf(solution));
        Assert.DoesNotContain("new NpgsqlConnection", after);
        Assert.Equal(sites, after.Split("using var c = WritableDataSource.For(cs).OpenConnection();\n    }").Length - 1);
    }

    static Solution TwoProjects()
    {
        var solution = new AdhocWorkspace().CurrentSolution;
        foreach (var project in new[] { "Orders", "Invoices" })
        {
            solution = Project(solution, project, ("A.cs", Raw.Replace("NAME", "A")), ("B.cs", Raw.Replace("NAME", "B")));
        }

        return solution;
    }

    static Solution Project(Solution solution, string name, params (string Name, string Text)[] files)
    {
        var project = solution.AddProject(name, name, LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .AddMetadataReferences([.. References.Framework, References.Npgsql, References.Runtime]);
        return files.Aggregate(project, (p, file) => p.AddDocument(file.Name, SourceText.From(file.Text)).Project).Solution;
    }

    static async Task<List<string>> TextsOf(Solution solution)
    {
        var texts = new List<string>();
        foreach (var document in solution.Projects.SelectMany(project => project.Documents))
        {
            var text = (await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
            texts.Add(text.Replace("class A\n", "class NAME\n").Replace("class B\n", "class NAME\n"));
        }

        return texts;
    }

    static async Task<Solution> Run(Solution solution, FixAllScope scope)
    {
        var fixer = new ConnectionIsNotCreatedRawFixer();
        var document = solution.Projects.First().Documents.First();
        var context = new FixAllContext(
            document, fixer, scope, "Use WritableDataSource", fixer.FixableDiagnosticIds, new Diagnostics(), TestContext.Current.CancellationToken);
        var action = await fixer.GetFixAllProvider().GetFixAsync(context);
        var operations = await action!.GetOperationsAsync(TestContext.Current.CancellationToken);
        return operations.OfType<ApplyChangesOperation>().SingleOrDefault()?.ChangedSolution ?? solution;
    }

    sealed class Diagnostics : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
        {
            var compilation = await project.GetCompilationAsync(cancellationToken);
            return await compilation!.WithAnalyzers([new ConnectionIsNotCreatedRaw()]).GetAnalyzerDiagnosticsAsync(cancellationToken);
        }

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await GetAllDiagnosticsAsync(document.Project, cancellationToken)).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
