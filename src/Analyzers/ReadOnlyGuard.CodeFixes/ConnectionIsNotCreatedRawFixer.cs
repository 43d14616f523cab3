using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Takes the connection from <c>WritableDataSource.For(…)</c>, which keeps the database that the site named, or from a source in scope that is
/// declared with the same connection string.
/// </summary>
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

        // Last, because a tool that fixes all without asking takes the first.
        if (await InjectionAsync(context).ConfigureAwait(false) is var (injection, injected))
        {
            const string title = "Inject a WritableDataSource";
            context.RegisterCodeFix(CodeAction.Create(title, cancellationToken => injection.DeclareAsync(injected.Apply(), cancellationToken), title), context.Diagnostics);
        }
    }

    static async Task<(SourceInjection, RawConnectionRewrite)?> InjectionAsync(CodeFixContext context)
    {
        if (await SiteAsync(context).ConfigureAwait(false) is not var (creation, model, guard) ||
            SourcesInScope.At(creation, model, guard, context.CancellationToken).Any() ||
            await SourceInjection.PlanAsync(context.Document, creation, model, guard, context.CancellationToken).ConfigureAwait(false) is not { } injection ||
            await FromAsync(context, creation, injection.Source).ConfigureAwait(false) is not { } rewrite)
        {
            return null;
        }

        return (injection, rewrite);
    }

    static async Task<List<(string Title, RawConnectionRewrite Rewrite)>> InScopeAsync(CodeFixContext context)
    {
        var offered = new List<(string, RawConnectionRewrite)>();
        if (await SiteAsync(context).ConfigureAwait(false) is var (creation, model, guard))
        {
            var ofSameString = SourceOfConnectionString.At(creation, model, guard, context.CancellationToken);
            foreach (var source in SourcesInScope.At(creation, model, guard, context.CancellationToken))
            {
                if (source.Identifier.ValueText != ofSameString?.Identifier.ValueText && await FromAsync(context, creation, source).ConfigureAwait(false) is { } rewrite)
                {
                    offered.Add(($"Use WritableDataSource '{source.Identifier.ValueText}'", rewrite));
                }
            }
        }

        return offered;
    }

    static async Task<(BaseObjectCreationExpressionSyntax, SemanticModel, INamedTypeSymbol)?> SiteAsync(CodeFixContext context) =>
        await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is { } root &&
        await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model &&
        await WritableDataSourceType.InAsync(context.Document, context.CancellationToken).ConfigureAwait(false) is { } guard &&
        root.FindNode(context.Span, getInnermostNodeForTie: true) is BaseObjectCreationExpressionSyntax creation
            ? (creation, model, guard)
            : null;

    static Task<RawConnectionRewrite?> FromAsync(CodeFixContext context, BaseObjectCreationExpressionSyntax creation, ExpressionSyntax source) =>
        RawConnectionRewrite.PlanAsync(
            context.Document,
            context.Diagnostics,
            (_, semantics, cancellationToken) => RawConnectionSite.Read(creation, semantics, cancellationToken, source) is { } site ? (creation, site) : null,
            context.CancellationToken);

    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken) =>
        await RawConnectionRewrite.PlanAsync(document, diagnostics, Site, cancellationToken).ConfigureAwait(false) is { } rewrite ? rewrite.Apply : null;

    static (BaseObjectCreationExpressionSyntax, RawConnectionSite)? Site(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported is not BaseObjectCreationExpressionSyntax creation || WritableDataSourceType.In(model.Compilation) is not { } guard)
        {
            return null;
        }

        var source = SourceOfConnectionString.At(creation, model, guard, cancellationToken);
        return RawConnectionSite.Read(creation, model, cancellationToken, source) is { } site ? (creation, site) : null;
    }
}
