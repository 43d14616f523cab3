using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.VisualBasic;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class VisualBasic
{
    [Theory]
    [InlineData("Dim c = New NpgsqlConnection(cs)", "New NpgsqlConnection(cs)")]
    [InlineData("Dim c As New NpgsqlConnection(cs)", "New NpgsqlConnection(cs)")]
    [InlineData("Using c As New NpgsqlConnection(cs)\nEnd Using", "New NpgsqlConnection(cs)")]
    [InlineData("Dim c = New NpgsqlConnection With {.ConnectionString = cs}", "New NpgsqlConnection With {.ConnectionString = cs}")]
    [InlineData("Dim f = Function() New NpgsqlConnection(cs)", "New NpgsqlConnection(cs)")]
    public async Task Reports_a_raw_connection(string statement, string reported)
    {
        var diagnostic = Assert.Single(await DiagnosticsIn(statement));

        Assert.Equal("ROG001", diagnostic.Id);
        Assert.Equal(reported, diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
    }

    [Theory]
    [InlineData("Dim c As NpgsqlConnection = Nothing")]
    [InlineData("Dim c = ReadOnlyGuard.WritableDataSource.For(cs).CreateConnection()")]
    [InlineData("Dim c As New NpgsqlConnection(\"Host=a,b;Target Session Attributes=standby\")")]
    [InlineData("Dim c = New NpgsqlConnection With {.ConnectionString = \"Host=a,b;Target Session Attributes=standby\"}")]
    [InlineData("Dim c As New NpgsqlConnection(cs)", "<ReadOnlyGuard.AllowRawNpgsql(\"why\")>")]
    public async Task Stays_silent_elsewhere(string statement, string attribute = "") => Assert.Empty(await DiagnosticsIn(statement, attribute));

    static async Task<IEnumerable<Diagnostic>> DiagnosticsIn(string statement, string attribute = "")
    {
        var source = $"""
            Imports Npgsql

            Class Orders
                {attribute}
                Sub Run(cs As String)
                    {statement}
                End Sub
            End Class
            """;
        var compilation = VisualBasicCompilation.Create(
            "Shop",
            [VisualBasicSyntaxTree.ParseText(source)],
            [.. References.Framework, References.Npgsql, References.Runtime],
            new VisualBasicCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return await compilation.WithAnalyzers([new ConnectionIsNotCreatedRaw()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }
}
