using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Removes attributes, and the brackets that then hold none; the comments above them stay.</summary>
static class AttributeRemoval
{
    public static SyntaxNode Remove(SyntaxNode root, IReadOnlyCollection<AttributeSyntax> attributes)
    {
        var removed = new SyntaxAnnotation();
        var whole = attributes.Select(attribute => (AttributeListSyntax)attribute.Parent!).Where(list => list.Attributes.Count == 1).ToList();
        var inherited = whole.ToDictionary(list => list.GetLastToken().GetNextToken());

        root = root.ReplaceSyntax(
            whole.Concat<SyntaxNode>(attributes.Where(attribute => !whole.Contains(attribute.Parent))),
            (_, rewritten) => rewritten.WithAdditionalAnnotations(removed),
            inherited.Keys,
            (original, rewritten) => rewritten.WithLeadingTrivia(Above(inherited[original], original)),
            trivia: null,
            computeReplacementTrivia: null);
        return root.RemoveNodes(root.GetAnnotatedNodes(removed), SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    static IEnumerable<SyntaxTrivia> Above(AttributeListSyntax list, SyntaxToken next)
    {
        var above = list.GetLeadingTrivia();
        if (list.GetTrailingTrivia().Any(Trivia.IsComment))
        {
            return above.Concat(list.GetTrailingTrivia().SkipWhile(Trivia.IsBlank)).Concat(next.LeadingTrivia);
        }

        // Both begin with the indentation where the attribute has a line of its own.
        return next.LeadingTrivia.Count == 0 ? above : above.Reverse().SkipWhile(Trivia.IsBlank).Reverse().Concat(next.LeadingTrivia);
    }
}
