using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>
/// The pages of the rules, and the guide that leads through them, show fragments: each half of a "before" and "after", a member, or an
/// attribute alone. They are put into a class that has what they mention.
/// </summary>
static class RulePage
{
    const string Around =
        """
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Npgsql;
        using ReadOnlyGuard;
        using System.Data.Common;

        sealed class Orders : DbContext;

        sealed class Order;

        sealed class Store { public void Connection(string connectionString) { } public void Connection(NpgsqlDataSource source) { } }

        #pragma warning disable CS0649
        sealed class Site
        {
            readonly WritableDataSource _source = null!;
            string _reportsConnectionString = null!;
            static string connectionString = null!, reportsConnectionString = null!;
            static NpgsqlDataSourceBuilder builder = null!;
            WritableDataSource db = null!, writableDataSource = null!;
            WritableDataSource source = null!;
            Store options = null!;
            Order order = null!;
            static Task InsertAsync(NpgsqlConnection connection, Order order, CancellationToken token) => Task.CompletedTask;
            static Task InsertIfNewAsync(NpgsqlConnection connection, Order order, CancellationToken token) => Task.CompletedTask;
        """;

    public static bool IsOne(string page) => page.StartsWith("docs/rules/", StringComparison.Ordinal) || page == "docs/adopting.md";

    /// <summary>Errors only: what the rules report is what these pages are about.</summary>
    public static async Task<string[]> ComplaintsAsync(Block block)
    {
        var complaints = new List<string>();
        foreach (var half in block.Text.Split("// after"))
            complaints.AddRange((await Paste.ComplaintsAsync(InAClass(half), "console")).Where(complaint => complaint.Contains("): error ", StringComparison.Ordinal)));
        return [.. complaints];
    }

    // Outside of a class the parser takes a field for a local variable, and a method for a local function.
    static bool IsMember(StatementSyntax statement)
        => statement is LocalFunctionStatementSyntax || (statement is LocalDeclarationStatementSyntax local && local.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.ReadOnlyKeyword)));

    static string InAClass(string fragment)
    {
        // What follows on the line of "// after" is a remark.
        fragment = fragment.StartsWith(':') ? "//" + fragment : fragment;
        if (fragment.TrimEnd().EndsWith(']'))
            fragment += "void Marked() { }";
        if (fragment.TrimEnd().EndsWith(')'))
            fragment += "=> await Task.CompletedTask;";
        var members = CSharpSyntaxTree.ParseText(fragment).GetCompilationUnitRoot().Members;
        var statements = members.OfType<GlobalStatementSyntax>().Where(member => !IsMember(member.Statement)).ToArray();
        // A kept connection is a field that the statement assigns; a local one is declared by it.
        var kept = fragment.Contains("NpgsqlConnection _connection", StringComparison.Ordinal) ? "" : "NpgsqlConnection? _connection;";
        var given = fragment.Contains(" connection = ", StringComparison.Ordinal) || members.Count > statements.Length ? "" : "NpgsqlConnection connection, ";
        return Around + kept + string.Concat(members.Except(statements))
            + $"async Task RunAsync({given}IServiceCollection services, CancellationToken cancellationToken) {{ await Task.CompletedTask; {string.Concat(statements.AsEnumerable())} }} }}";
    }
}
