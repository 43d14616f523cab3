using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Takes the connection from the guarded source whose connection string was borrowed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConnectionDoesNotEscapeFixer)), Shared]
public sealed class ConnectionDoesNotEscapeFixer() : WholeDocumentFixer("Use the WritableDataSource itself", RuleIds.Escape)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken) =>
        await RawConnectionRewrite.PlanAsync(document, diagnostics, Site, cancellationToken).ConfigureAwait(false) is { } rewrite ? rewrite.Apply : null;

    static (BaseObjectCreationExpressionSyntax, RawConnectionSite)? Site(SyntaxNode escape, SemanticModel model, CancellationToken cancellationToken)
    {
        if (escape is not MemberAccessExpressionSyntax { Expression: var source, Parent: ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax creation } } ||
            !SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(source, cancellationToken).Type, WritableDataSourceType.In(model.Compilation)) ||
            model.GetTypeInfo(creation, cancellationToken).Type?.ToDisplayString() != WellKnownNames.NpgsqlConnection ||
            RawConnectionSite.Read(creation, model, cancellationToken, source.WithoutTrivia()) is not { } site)
        {
            return null;
        }

        return (creation, site);
    }
}
