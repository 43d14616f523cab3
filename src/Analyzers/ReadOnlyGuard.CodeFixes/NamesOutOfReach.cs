using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Whole names in a lambda that is a branch of a conditional expression. The clean-up after a code action imports their namespace, but does
/// not shorten them there: <c>b ? () => global::ReadOnlyGuard.WritableDataSource.For(cs) : …</c> would stand beside the new using.
/// </summary>
static class NamesOutOfReach
{
    public static async Task<Document> ShortenAsync(Document document, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root || !In(root).Any())
        {
            return document;
        }

        document = await ImportAdder.AddImportsAsync(document, Simplifier.AddImportsAnnotation, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return document;
        }

        root = await model.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return document.WithSyntaxRoot(root.ReplaceNodes(In(root).Where(name => MeansTheSame(name, model)), (name, _) => name.Name.WithTriviaFrom(name)));
    }

    static IEnumerable<MemberAccessExpressionSyntax> In(SyntaxNode root) => root.GetAnnotatedNodes(Simplifier.AddImportsAnnotation)
        .OfType<MemberAccessExpressionSyntax>()
        .Where(name => name.Ancestors().Any(outer => outer is AnonymousFunctionExpressionSyntax lambda && Outside(lambda) is ConditionalExpressionSyntax));

    // Where the namespace was not imported, or something else has the name, it stays as it is. Binding shows nothing in such a lambda.
    static bool MeansTheSame(MemberAccessExpressionSyntax name, SemanticModel model) =>
        model.LookupSymbols(name.SpanStart, name: name.Name.Identifier.ValueText) is [var only] &&
        SymbolEqualityComparer.Default.Equals(only, WritableDataSourceType.In(model.Compilation));

    static SyntaxNode? Outside(SyntaxNode node)
    {
        var outer = node.Parent;
        while (outer is ParenthesizedExpressionSyntax)
        {
            outer = outer.Parent;
        }

        return outer;
    }
}
