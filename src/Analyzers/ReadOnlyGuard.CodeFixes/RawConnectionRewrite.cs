using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>All raw connections of one document that can be taken from the guard instead, rewritten in one pass.</summary>
sealed class RawConnectionRewrite
{
    readonly Document _document;
    readonly SyntaxNode _root;
    readonly ExpressionSyntax _writableDataSource;
    readonly Dictionary<SyntaxNode, RawConnectionSite> _sites;

    RawConnectionRewrite(Document document, SyntaxNode root, ExpressionSyntax writableDataSource, Dictionary<SyntaxNode, RawConnectionSite> sites)
    {
        _document = document;
        _root = root;
        _writableDataSource = writableDataSource;
        _sites = sites;
    }

    /// <summary>Finds the creation that a reported node is, or is part of, and how it is rewritten.</summary>
    public delegate (BaseObjectCreationExpressionSyntax Creation, RawConnectionSite Site)? SiteReader(
        SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken);

    /// <summary>The rewrite, or <see langword="null"/> where there is nothing that can be fixed, or no guard to fix it with.</summary>
    public static async Task<RawConnectionRewrite?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, SiteReader read, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is not { } writableDataSource)
        {
            return null;
        }

        var linked = await LinkedDocuments.ModelsAsync(document, cancellationToken).ConfigureAwait(false);

        var sites = new Dictionary<SyntaxNode, RawConnectionSite>();
        foreach (var diagnostic in diagnostics)
        {
            if (read(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), model, cancellationToken) is var (creation, site) &&
                linked.All(other => other.Counterpart(creation, cancellationToken) is not { } same || RawConnectionSite.CanBeGuarded(same, other, cancellationToken)))
            {
                sites[creation] = site.AlsoIn(linked, creation, cancellationToken);
            }
        }

        if (sites.Count == 0)
        {
            return null;
        }

        return new(document, root, WritableDataSourceType.Expression(writableDataSource, document), sites);
    }

    public Document Apply()
    {
        var folds = _sites.Values.Select(site => site.Open).OfType<FollowingOpen>().ToList();
        var opens = folds.ToDictionary(fold => (SyntaxNode)fold.Statement);
        var tokensBefore = folds.ToDictionary(fold => fold.TokenBefore);
        var tokensAfter = folds.ToDictionary(fold => fold.TokenAfter);
        var folded = new SyntaxAnnotation();

        // Bottom-up, so that a site inside another site's arguments is rewritten first and comes along.
        var root = _root.ReplaceSyntax(
            _sites.Keys.Concat(opens.Keys),
            (original, rewritten) => _sites.TryGetValue(original, out var site)
                ? site.Guarded((BaseObjectCreationExpressionSyntax)rewritten, _writableDataSource)
                : rewritten.WithAdditionalAnnotations(folded),
            tokensBefore.Keys.Union(tokensAfter.Keys),
            (original, rewritten) =>
            {
                rewritten = tokensBefore.TryGetValue(original, out var open) ? rewritten.WithTrailingTrivia(open.TriviaLeftBehind()) : rewritten;
                return tokensAfter.TryGetValue(original, out open) ? rewritten.WithLeadingTrivia(open.TriviaBeforeNext(rewritten.LeadingTrivia)) : rewritten;
            },
            trivia: null,
            computeReplacementTrivia: null);

        root = root.RemoveNodes(
            root.GetAnnotatedNodes(folded).Select(node => node.Parent is GlobalStatementSyntax topLevel ? topLevel : node),
            SyntaxRemoveOptions.KeepNoTrivia);
        return _document.WithSyntaxRoot(root!);
    }
}
