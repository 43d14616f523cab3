using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Creates or builds a <c>WritableDataSource</c> instead, or the <c>NpgsqlDataSource</c> over one where that type is needed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DataSourceIsNotRawFixer)), Shared]
public sealed class DataSourceIsNotRawFixer() : WholeDocumentFixer("Use WritableDataSource", RuleIds.RawDataSource)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is not { } guard)
        {
            return null;
        }

        var models = await LinkedDocuments.AllModelsAsync(document, cancellationToken).ConfigureAwait(false);
        var replacements = new Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>>();
        foreach (var diagnostic in diagnostics)
        {
            var reported = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (reported is ExpressionSyntax and not InvocationExpressionSyntax &&
                RawDataSourceGroup.Guarded((ExpressionSyntax)reported, models, WritableDataSourceType.Expression(guard, document), cancellationToken) is { } lambda)
            {
                replacements[reported] = _ => lambda;
            }
            else if (reported is InvocationExpressionSyntax creation &&
                RawDataSourceSite.Read(creation, models, cancellationToken) is { } site)
            {
                replacements[site.Whole] = rewritten => site.Guarded((ExpressionSyntax)rewritten, WritableDataSourceType.Expression(guard, document));
                if (site.DeclaredType is { } declared)
                {
                    replacements[declared] = rewritten => WritableDataSourceType.Name(guard, document).WithTriviaFrom(rewritten);
                }
            }
        }

        return replacements.Count > 0
            ? () => document.WithSyntaxRoot(root.ReplaceNodes(replacements.Keys, (original, rewritten) => replacements[original](rewritten)))
            : null;
    }
}
