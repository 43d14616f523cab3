using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Registers a <c>WritableDataSource</c> with the same arguments; whoever asks for an <c>NpgsqlDataSource</c> gets the guarded one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegistrationIsNotRawFixer)), Shared]
public sealed class RegistrationIsNotRawFixer() : WholeDocumentFixer("Register a WritableDataSource", RuleIds.RawRegistration)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var models = await LinkedDocuments.AllModelsAsync(document, cancellationToken).ConfigureAwait(false);
        var names = new Dictionary<SyntaxNode, SimpleNameSyntax>();
        foreach (var diagnostic in diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call &&
                GuardedCounterpart.Of(call, models, cancellationToken) is { } name &&
                models.All(model => TakesItsString(model, call, cancellationToken)) &&
                !(access.Name.Identifier.ValueText.Contains("MultiHost") &&
                    await IsAskedForMultiHostAsync(document.Project.Solution, cancellationToken).ConfigureAwait(false)))
            {
                names[access.Name] = name;
            }
        }

        return names.Count > 0 ? () => document.WithSyntaxRoot(root.ReplaceNodes(names.Keys, (name, _) => names[name])) : null;
    }

    static bool TakesItsString(SemanticModel model, InvocationExpressionSyntax call, CancellationToken cancellationToken) =>
        model.Counterpart(call, cancellationToken) is not { } raw ||
        model.GetOperation(raw, cancellationToken) is IInvocationOperation registration && GuardableConnectionString.Is(registration);

    // By name only: that reads no semantics of files that are not in question.
    static async Task<bool> IsAskedForMultiHostAsync(Solution solution, CancellationToken cancellationToken)
    {
        foreach (var document in solution.Projects.SelectMany(project => project.Documents))
        {
            if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is { } root &&
                root.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == "NpgsqlMultiHostDataSource"))
            {
                return true;
            }
        }

        return false;
    }
}
