using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Removes whole statements and loses no comment: it moves in front of what follows.</summary>
static class StatementRemoval
{
    public static SyntaxNode Remove(SyntaxNode root, IReadOnlyCollection<ExpressionStatementSyntax> statements)
    {
        var removed = new SyntaxAnnotation();
        var kept = new Dictionary<SyntaxToken, IEnumerable<SyntaxTrivia>>();
        foreach (var statement in statements)
        {
            var next = statement.GetLastToken().GetNextToken(includeZeroWidth: true);
            kept[next] = (kept.TryGetValue(next, out var before) ? before : []).Concat(Comments(statement));
        }

        // No empty line stays behind the brace.
        var firsts = new HashSet<SyntaxToken>(statements
            .Where(statement => statement.Parent is BlockSyntax { Statements: var block } && block[0] == statement)
            .Select(statement => statement.GetLastToken().GetNextToken(includeZeroWidth: true)));

        root = root.ReplaceSyntax(
            statements,
            (_, rewritten) => rewritten.WithAdditionalAnnotations(removed).WithoutTrivia(),
            kept.Keys,
            (original, rewritten) => rewritten.WithLeadingTrivia(kept[original].Concat(
                kept[original].Any() || !firsts.Contains(original) ? rewritten.LeadingTrivia : Trivia.WithoutEmptyLines(rewritten.LeadingTrivia))),
            trivia: null,
            computeReplacementTrivia: null);
        return root.RemoveNodes(
            root.GetAnnotatedNodes(removed).Select(node => node.Parent is GlobalStatementSyntax topLevel ? topLevel : node),
            SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    static IEnumerable<SyntaxTrivia> Comments(ExpressionStatementSyntax statement)
    {
        var leading = statement.GetLeadingTrivia();
        var indentation = leading.Reverse().TakeWhile(Trivia.IsBlank).ToList();
        var above = leading.Any(Trivia.IsComment) ? leading.Take(leading.Count - indentation.Count) : [];
        var trailing = statement.GetTrailingTrivia();
        return trailing.Any(Trivia.IsComment) ? above.Concat(indentation).Concat(trailing.SkipWhile(Trivia.IsBlank)) : above;
    }
}
