using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>What users do to a rule: suppress it, change its severity, exclude code from it.</summary>
public sealed class ConfiguredAsEverywhere
{
    const string Suppressed = "[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Reliability\", \"ROG001\", Justification = \"why\")]";
    const string Raw = "namespace Shop { class Orders { class Inner { object C => [|new Npgsql.NpgsqlConnection(\"Host=a\")|]; } } }";

    [Theory]
    [InlineData(Suppressed + " object C => new NpgsqlConnection(\"Host=a\");")]
    [InlineData(Suppressed + " readonly NpgsqlConnection _c = new(\"Host=a\");")]
    [InlineData(Suppressed + " class Reports { object C => new NpgsqlConnection(\"Host=a\"); }")]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Reliability\", \"ROG001:Raw NpgsqlConnection\")] object C => new NpgsqlConnection(\"Host=a\");")]
    public Task SuppressMessage_silences_it(string member) => RawConnection.IsSilentIn(RawConnection.InClass(member));

    [Fact]
    public Task SuppressMessage_on_the_assembly_silences_it() => RawConnection.IsSilentIn(
        "[assembly: System.Diagnostics.CodeAnalysis.SuppressMessage(\"Reliability\", \"ROG001\", Scope = \"type\", Target = \"~T:Shop.Orders\")]\n" + Unmarked);

    [Theory]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Reliability\", \"ROG002\")] object C => [|new NpgsqlConnection(\"Host=a\")|];")]
    [InlineData(Suppressed + " object D => 1; object C => [|new NpgsqlConnection(\"Host=a\")|];")]
    public Task SuppressMessage_for_something_else_does_not(string member) => RawConnection.IsReportedIn(RawConnection.InClass(member));

    [Theory]
    [InlineData("dotnet_diagnostic.ROG001.severity = none")]
    [InlineData("readonly_guard.excluded_paths = Other, Shop")]
    [InlineData("readonly_guard.excluded_paths = src/Shop")]
    [InlineData("readonly_guard.excluded_paths = Orders.cs")]
    [InlineData("readonly_guard.excluded_types = Shop.Orders")]
    [InlineData("readonly_guard.excluded_types = Invoices, Orders")]
    [InlineData("readonly_guard.excluded_types = Shop.Orders.Inner")]
    public Task Editorconfig_silences_it(string line) => RawConnection.IsSilentIn("class Empty;", Configured(line, Unmarked));

    [Theory]
    [InlineData("readonly_guard.excluded_paths = Sho")]
    [InlineData("readonly_guard.excluded_paths =")]
    [InlineData("readonly_guard.excluded_types = Shop")]
    [InlineData("readonly_guard.excluded_types = Other.Orders")]
    [InlineData("dotnet_diagnostic.ROG002.severity = none")]
    public Task Editorconfig_for_something_else_does_not(string line) => RawConnection.IsReportedIn("class Empty;", Configured(line, Raw));

    [Theory]
    [InlineData("dotnet_diagnostic.ROG001.severity = error", DiagnosticSeverity.Error)]
    [InlineData("dotnet_diagnostic.ROG001.severity = suggestion", DiagnosticSeverity.Info)]
    [InlineData("dotnet_diagnostic.ROG002.severity = error", DiagnosticSeverity.Warning)]
    public async Task A_global_config_changes_its_severity(string line, DiagnosticSeverity severity)
    {
        var project = Workbench.WithFile(Unmarked).Projects.Single()
            .AddAnalyzerConfigDocument(".globalconfig", SourceText.From($"is_global = true\n{line}\n"), filePath: "/.globalconfig").Project;

        Assert.Equal(severity, Assert.Single(await project.ReportsAsync()).Severity);
    }

    static string Unmarked => Raw.Replace("[|", "").Replace("|]", "");

    static Action<SolutionState> Configured(string line, string orders) => state =>
    {
        state.Sources.Add(("/src/Shop/Orders.cs", orders));
        state.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{line}\n"));
    };
}
