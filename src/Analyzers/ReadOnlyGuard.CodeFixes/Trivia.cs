using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>What of the text between tokens a rewrite has to keep.</summary>
static class Trivia
{
    public static bool IsComment(SyntaxTrivia trivia) => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia);

    public static bool IsBlank(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.WhitespaceTrivia);

    /// <summary>A comment that comes to stand in front of code: one that runs to the end of its line needs that end.</summary>
    public static SyntaxTriviaList BeforeMoreCode(SyntaxTrivia comment) => SyntaxFactory.TriviaList(
        comment,
        comment.IsKind(SyntaxKind.SingleLineCommentTrivia) ? SyntaxFactory.ElasticLineFeed : SyntaxFactory.Space);

    /// <summary>What stands before code that becomes the first of its block.</summary>
    public static IEnumerable<SyntaxTrivia> WithoutEmptyLines(SyntaxTriviaList leading)
    {
        var start = 0;
        for (var i = 0; i < leading.Count && (IsBlank(leading[i]) || leading[i].IsKind(SyntaxKind.EndOfLineTrivia)); i++)
        {
            start = leading[i].IsKind(SyntaxKind.EndOfLineTrivia) ? i + 1 : start;
        }

        return leading.Skip(start);
    }
}
