using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Clears the guarded sources beside the pools of <c>ClearAllPools</c>. That call stays: connections that other code makes by hand are
/// cleared by nothing else.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClearReachesTheGuardsFixer)), Shared]
public sealed class ClearReachesTheGuardsFixer() : WholeDocumentFixer("Clear the guarded sources too", RuleIds.IneffectiveClear)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is not { } guard ||
            !CanClearAll(guard) ||
            (await LinkedDocuments.ModelsAsync(document, cancellationToken).ConfigureAwait(false)).Any(linked => !CanClearAll(WritableDataSourceType.In(linked.Compilation)!)))
        {
            return null;
        }

        var clear = InvocationExpression(MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression, WritableDataSourceType.Expression(guard, document), IdentifierName(WellKnownNames.Members.ClearAll)));
        var editor = new SyntaxEditor(root, document.Project.Solution.Services);
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Properties.ContainsKey(ClearReachesThePool.OfGuards) &&
                root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax { ContainsDiagnostics: false, ContainsDirectives: false } pools)
            {
                Add(clear, pools, model, editor, cancellationToken);
            }
        }

        return editor.GetChangedRoot() is var changed && changed != root ? () => document.WithSyntaxRoot(changed) : null;
    }

    // An older runtime has none.
    static bool CanClearAll(INamedTypeSymbol guard) =>
        guard.GetMembers(WellKnownNames.Members.ClearAll).Any(member => member is IMethodSymbol { IsStatic: true, Parameters.IsEmpty: true });

    static void Add(ExpressionSyntax clear, ExpressionSyntax pools, SemanticModel model, SyntaxEditor editor, CancellationToken cancellationToken)
    {
        switch (pools.Parent)
        {
            case ExpressionStatementSyntax { Parent: BlockSyntax or SwitchSectionSyntax } statement:
                editor.InsertAfter(statement, Beside(statement, clear));
                break;
            case ExpressionStatementSyntax { Parent: GlobalStatementSyntax { Parent: CompilationUnitSyntax } topLevel } statement:
                editor.InsertAfter(topLevel, GlobalStatement(Beside(statement, clear)));
                break;
            case ExpressionStatementSyntax statement:
                editor.ReplaceNode(statement, Both(statement.Expression, clear));
                break;
            case LambdaExpressionSyntax lambda when IsDelegate(lambda, model, cancellationToken):
                editor.ReplaceNode(lambda, lambda.WithBody(Both(pools, clear)).WithAdditionalAnnotations(Formatter.Annotation));
                break;
            case ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax method }:
                editor.ReplaceNode(method, WithBody(method, Both(pools, clear).WithTrailingTrivia(method.GetTrailingTrivia())));
                break;
            case ArrowExpressionClauseSyntax { Parent: LocalFunctionStatementSyntax function }:
                var body = Both(pools, clear).WithTrailingTrivia(function.GetTrailingTrivia());
                editor.ReplaceNode(function, function.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithAdditionalAnnotations(Formatter.Annotation));
                break;
            // A method group.
            case { } when pools is not InvocationExpressionSyntax && IsDelegate(pools, model, cancellationToken):
                editor.ReplaceNode(pools, ParenthesizedLambdaExpression(Both(InvocationExpression(pools.WithoutTrivia()), clear)).WithTriviaFrom(pools).WithAdditionalAnnotations(Formatter.Annotation));
                break;
        }
    }

    // A tree of expressions holds no statements.
    static bool IsDelegate(ExpressionSyntax function, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetTypeInfo(function, cancellationToken).ConvertedType is { TypeKind: TypeKind.Delegate } or { SpecialType: SpecialType.System_Delegate };

    static SyntaxNode WithBody(BaseMethodDeclarationSyntax method, BlockSyntax body) =>
        method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithAdditionalAnnotations(Formatter.Annotation);

    static BlockSyntax Both(ExpressionSyntax pools, ExpressionSyntax guards) =>
        Block(ExpressionStatement(pools.WithoutTrivia()), ExpressionStatement(guards)).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The statement for the line after, or for the same line where that goes on.</summary>
    static ExpressionStatementSyntax Beside(ExpressionStatementSyntax pools, ExpressionSyntax guards)
    {
        var statement = ExpressionStatement(guards);
        var end = pools.GetTrailingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        return end.Count == 0
            ? statement.WithTrailingTrivia(pools.GetTrailingTrivia().Where(Trivia.IsBlank))
            : statement.WithLeadingTrivia(pools.GetLeadingTrivia().Reverse().TakeWhile(Trivia.IsBlank)).WithTrailingTrivia(end);
    }
}
