using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>The <c>x.Open();</c> or <c>await x.OpenAsync(…);</c> that is the very next statement after the local it opens is declared.</summary>
sealed class FollowingOpen
{
    readonly MemberAccessExpressionSyntax _access;

    FollowingOpen(ExpressionStatementSyntax statement, MemberAccessExpressionSyntax access)
    {
        Statement = statement;
        _access = access;
    }

    /// <summary>The statement that goes when the Open folds.</summary>
    public ExpressionStatementSyntax Statement { get; }

    /// <summary>The end of the declaration, or the brace that opens the using block: it keeps the comments of <see cref="Statement"/>.</summary>
    public SyntaxToken TokenBefore => Statement.GetFirstToken().GetPreviousToken();

    /// <summary>What follows the statement.</summary>
    public SyntaxToken TokenAfter => Statement.GetLastToken().GetNextToken(includeZeroWidth: true);

    public static FollowingOpen? Of(BaseObjectCreationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken)
    {
        // A directive between the two may make the Open conditional; half-typed code may have lost the token that is between them.
        if (creation.Parent?.Parent is not VariableDeclaratorSyntax declarator ||
            declarator.Parent is not VariableDeclarationSyntax { Variables.Count: 1, Parent.ContainsDiagnostics: false } declaration ||
            StatementAfter(declaration) is not ExpressionStatementSyntax { ContainsDirectives: false, ContainsDiagnostics: false } statement ||
            OpenCall(statement.Expression) is not { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax opened } access } call ||
            opened.Identifier.ValueText != declarator.Identifier.ValueText)
        {
            return null;
        }

        return IsOpenOfConnection(call, statement, model, cancellationToken) && !ArgumentsNeedIt(call, opened, model, cancellationToken)
            ? new(statement, access)
            : null;
    }

    /// <summary>The same call, with its await, its arguments and its comments, on a data source.</summary>
    public ExpressionSyntax On(ExpressionSyntax source)
    {
        var name = _access.Name.Identifier.ValueText == "Open" ? WellKnownNames.Members.OpenConnection : WellKnownNames.Members.OpenConnectionAsync;
        var access = _access
            .WithExpression(source.WithTriviaFrom(_access.Expression))
            .WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(_access.Name));
        return Statement.Expression.ReplaceNode(_access, access);
    }

    /// <summary>What follows <see cref="TokenBefore"/> once the statement between is gone: no comment is lost, no empty line stays.</summary>
    public SyntaxTriviaList TriviaLeftBehind()
    {
        var before = TokenBefore.TrailingTrivia;
        var leading = Statement.GetLeadingTrivia();
        var trailing = Statement.GetTrailingTrivia();
        if (trailing.Any(Trivia.IsComment))
        {
            return SyntaxFactory.TriviaList(before.Concat(leading).Concat(trailing.SkipWhile(Trivia.IsBlank)));
        }

        var kept = (leading.Any(Trivia.IsComment) ? before.Concat(leading) : before).Reverse().SkipWhile(Trivia.IsBlank).Reverse().ToList();
        return SyntaxFactory.TriviaList(kept is [.., var last] && last.IsKind(SyntaxKind.EndOfLineTrivia) ? kept : kept.Concat(trailing));
    }

    /// <summary>What stands before <see cref="TokenAfter"/> once it is the first of its block: no empty line behind the brace.</summary>
    public IEnumerable<SyntaxTrivia> TriviaBeforeNext(SyntaxTriviaList leading) =>
        TokenBefore.IsKind(SyntaxKind.OpenBraceToken) && !TriviaLeftBehind().Any(Trivia.IsComment) ? Trivia.WithoutEmptyLines(leading) : leading;

    static StatementSyntax? StatementAfter(VariableDeclarationSyntax declaration) => declaration.Parent switch
    {
        UsingStatementSyntax { Statement: BlockSyntax { Statements: [var first, ..] } } => first,
        LocalDeclarationStatementSyntax { Parent: BlockSyntax block } local => After(local, block.Statements),
        LocalDeclarationStatementSyntax { Parent: SwitchSectionSyntax section } local => After(local, section.Statements),
        LocalDeclarationStatementSyntax { Parent: GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } topLevel } =>
            (After(topLevel, unit.Members) as GlobalStatementSyntax)?.Statement,
        _ => null,
    };

    static T? After<T>(T node, SyntaxList<T> list) where T : SyntaxNode => list.ElementAtOrDefault(list.IndexOf(node) + 1);

    /// <summary><c>x.Open()</c>, <c>await x.OpenAsync(…)</c> or <c>await x.OpenAsync(…).ConfigureAwait(…)</c>: the call on x.</summary>
    static InvocationExpressionSyntax? OpenCall(ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Open" } } open => open,
        AwaitExpressionSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax awaited } call } =>
            awaited switch
            {
                { Name.Identifier.ValueText: "OpenAsync" } => call,
                {
                    Name.Identifier.ValueText: "ConfigureAwait",
                    Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "OpenAsync" } } open,
                } => open,
                _ => null,
            },
        _ => null,
    };

    static bool IsOpenOfConnection(InvocationExpressionSyntax call, ExpressionStatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        // The local may be declared as what NpgsqlConnection is (DbConnection, IDbConnection), but an extension method or a type that
        // it converts to has an Open of its own.
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol { IsStatic: false, ReducedFrom: null } open ||
            open.Parameters.Any(parameter => parameter.Type.Name != nameof(CancellationToken)) ||
            model.Compilation.GetTypeByMetadataName(WellKnownNames.NpgsqlConnection) is not { } connection ||
            model.Compilation.ClassifyCommonConversion(connection, open.ContainingType) is not { IsImplicit: true, IsUserDefined: false })
        {
            return false;
        }

        // ValueTask has ConfigureAwait(bool), but not Task's other one.
        return statement.Expression is not AwaitExpressionSyntax { Expression: InvocationExpressionSyntax awaited } || awaited == call ||
            model.GetSymbolInfo(awaited, cancellationToken).Symbol is IMethodSymbol { Parameters: [{ Type.SpecialType: SpecialType.System_Boolean }] };
    }

    /// <summary>Whether the arguments name the connection, which does not exist yet where they go, or create one, which is a site of its own.</summary>
    static bool ArgumentsNeedIt(InvocationExpressionSyntax call, IdentifierNameSyntax opened, SemanticModel model, CancellationToken cancellationToken) =>
        call.ArgumentList.DescendantNodes().Any(node =>
            node is IdentifierNameSyntax name && name.Identifier.ValueText == opened.Identifier.ValueText ||
            node is BaseObjectCreationExpressionSyntax creation && model.GetTypeInfo(creation, cancellationToken).Type?.ToDisplayString() == WellKnownNames.NpgsqlConnection);
}
