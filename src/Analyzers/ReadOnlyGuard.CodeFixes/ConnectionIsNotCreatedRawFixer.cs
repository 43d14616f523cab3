using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Takes the connection from <c>WritableDataSource.For(…)</c>, which keeps the database that the site named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConnectionIsNotCreatedRawFixer)), Shared]
public sealed class ConnectionIsNotCreatedRawFixer() : WholeDocumentFixer("Use WritableDataSource", RuleIds.RawConnection)
{
    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        // By name and one at a time: it may lead to another database than the site's connection string. Fix All keeps that one.
        foreach (var (title, rewrite) in await InScopeAsync(context).ConfigureAwait(false))
        {
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(rewrite.Apply()), title), context.Diagnostics);
        }

        await base.RegisterCodeFixesAsync(context).ConfigureAwait(false);
    }

    static async Task<List<(string Title, RawConnectionRewrite Rewrite)>> InScopeAsync(CodeFixContext context)
    {
        var offered = new List<(string, RawConnectionRewrite)>();
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is { } root &&
            await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model &&
            WritableDataSourceType.In(model.Compilation) is { } guard &&
            root.FindNode(context.Span, getInnermostNodeForTie: true) is BaseObjectCreationExpressionSyntax creation)
        {
            foreach (var source in SourcesInScope.At(creation, model, guard, context.CancellationToken))
            {
                var plan = await RawConnectionRewrite.PlanAsync(
                    context.Document,
                    context.Diagnostics,
                    (_, semantics, cancellationToken) => RawConnectionSite.Read(creation, semantics, cancellationToken, source) is { } site ? (creation, site) : null,
                    context.CancellationToken).ConfigureAwait(false);
                if (plan is not null)
                {
                    offered.Add(($"Use WritableDataSource '{source.Identifier.ValueText}'", plan));
                }
            }
        }

        return offered;
    }

    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken) =>
        await RawConnectionRewrite.PlanAsync(document, diagnostics, Site, cancellationToken).ConfigureAwait(false) is { } rewrite ? rewrite.Apply : null;

    static (BaseObjectCreationExpressionSyntax, RawConnectionSite)? Site(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken) =>
        reported is BaseObjectCreationExpressionSyntax creation && RawConnectionSite.Read(creation, model, cancellationToken) is { } site ? (creation, site) : null;
}
