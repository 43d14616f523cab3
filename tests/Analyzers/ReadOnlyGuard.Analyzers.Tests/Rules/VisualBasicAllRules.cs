using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.VisualBasic;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>The rules work on operations, which both languages have: all of them together, on Visual Basic that means the same.</summary>
public sealed class VisualBasicAllRules
{
    [Theory]
    [InlineData("ROG002", "Dim d = NpgsqlDataSource.Create(cs)")]
    [InlineData("ROG002", "Dim d = New NpgsqlDataSourceBuilder(cs).Build()")]
    [InlineData("ROG002", "Dim d = NpgsqlFactory.Instance.CreateDataSource(cs)")]
    [InlineData("ROG003", "services.AddNpgsqlDataSource(cs)")]
    [InlineData("ROG003", "services.AddMultiHostNpgsqlDataSource(cs)")]
    [InlineData("ROG004", "builder.UseNpgsql(cs)")]
    [InlineData("ROG006", "Dim d = WritableDataSource.For(guarded.ConnectionString)")]
    [InlineData("ROG008", "Dim d = WritableDataSource.Create(\"Host=a;Multiplexing=true\")")]
    [InlineData("ROG005", "Dim c = NpgsqlFactory.Instance.CreateConnection()")]
    [InlineData("ROG005", "Dim c = Activator.CreateInstance(Of NpgsqlConnection)()")]
    [InlineData("ROG005", "services.AddScoped(Of NpgsqlConnection)()")]
    [InlineData("ROG006", "Dim c = guarded.CreateConnection().CloneWith(cs)")]
    [InlineData("ROG006", "Dim d As New NpgsqlDataSourceBuilder(guarded.ConnectionString)")]
    [InlineData("ROG007", "Using c = guarded.OpenConnection()\nc.Open()\nEnd Using")]
    [InlineData("ROG008", "Dim d = WritableDataSource.Create(\"Host=a,b;Target Session Attributes=standby\")")]
    [InlineData("ROG008", "Dim d = WritableDataSource.For(\"Host=a;Options=-c default_transaction_read_only=off\")")]
    [InlineData("ROG010", "Using c = guarded.OpenConnection()\nNpgsqlConnection.ClearPool(c)\nEnd Using")]
    [InlineData("ROG012", "Kept = guarded.OpenConnection()")]
    public async Task Are_reported(string id, string statement) => Assert.Equal([id], await ReportsIn(statement));

    [Fact]
    public async Task An_unused_exemption_is_reported() =>
        Assert.Equal(["ROG009"], await ReportsIn("Dim c = guarded.OpenConnection()", "<AllowRawNpgsql(\"reads a standby\")>"));

    [Theory]
    [InlineData("Dim d = WritableDataSource.Create(cs)")]
    [InlineData("Dim d = New NpgsqlDataSourceBuilder(cs).BuildWritable()")]
    [InlineData("services.AddWritableNpgsqlDataSource(cs)")]
    [InlineData("builder.UseNpgsql(guarded)")]
    [InlineData("builder.UseNpgsql(raw)")]
    [InlineData("Using c = raw.OpenConnection()\nEnd Using")]
    [InlineData("Dim d = NpgsqlDataSource.Create(cs & \";Target Session Attributes=standby\")")]
    [InlineData("Dim d = NpgsqlDataSource.Create($\"Host={cs};Target Session Attributes=standby\")")]
    [InlineData("Dim w = RecoveryWatcher.Watch(NpgsqlDataSource.Create(cs))")]
    [InlineData("Using c = guarded.CreateConnection()\nc.Open()\nEnd Using")]
    [InlineData("Using c = guarded.OpenConnection()\nIf c.State <> ConnectionState.Open Then c.Open()\nEnd Using")]
    [InlineData("guarded.Clear()")]
    [InlineData("Dim d = NpgsqlDataSource.Create(cs)", "<AllowRawNpgsql(\"reads a standby\")>")]
    [InlineData("Dim d = New NpgsqlDataSourceBuilder(cs).BuildMultiHost().WithTargetSession(TargetSessionAttributes.Standby)")]
    public async Task Stay_silent(string statement, string attribute = "") => Assert.Empty(await ReportsIn(statement, attribute));

    static async Task<IEnumerable<string>> ReportsIn(string statement, string attribute = "")
    {
        var source = $"""
            Imports System
            Imports System.Data
            Imports Microsoft.EntityFrameworkCore
            Imports Microsoft.Extensions.DependencyInjection
            Imports Npgsql
            Imports ReadOnlyGuard

            Class Orders
                Shared Kept As NpgsqlConnection

                {attribute}
                Sub Run(cs As String, guarded As WritableDataSource, raw As NpgsqlDataSource, services As IServiceCollection, builder As DbContextOptionsBuilder)
                    {statement}
                End Sub
            End Class
            """;
        var compilation = VisualBasicCompilation.Create(
            "Shop",
            [VisualBasicSyntaxTree.ParseText(source)],
            [.. References.Framework, References.Npgsql, References.Runtime, References.DependencyInjection, References.Registrations, References.Logging, .. References.EntityFramework],
            new VisualBasicCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var reports = await compilation.WithAnalyzers([.. Catalogue.Catalogue.Rules()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return reports.Select(report => report.Id).Order();
    }
}
