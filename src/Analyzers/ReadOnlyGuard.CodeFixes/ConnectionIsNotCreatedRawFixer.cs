using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Takes the connection from <c>WritableDataSource.For(…)</c>, which keeps the database that the site named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConnectionIsNotCreatedRawFixer)), Shared]
public sealed class ConnectionIsNotCreatedRawFixer() : WholeDocumentFixer("Use WritableDataSource", RuleIds.RawConnection)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken) =>
        await RawConnectionRewrite.PlanAsync(document, diagnostics, Site, cancellationToken).ConfigureAwait(false) is { } rewrite ? rewrite.Apply : null;

    static (BaseObjectCreationExpressionSyntax, RawConnectionSite)? Site(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken) =>
        reported is BaseObjectCreationExpressionSyntax creation && RawConnectionSite.Read(creation, model, cancellationToken) is { } site ? (creation, site) : null;
}
