using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>One <c>new NpgsqlConnection</c> with nothing but a connection string, and the Open that follows it, if one does.</summary>
sealed class RawConnectionSite
{
    readonly ExpressionSyntax? _source;
    readonly bool _mayBeNull;
    readonly bool _keepsWholeName;

    RawConnectionSite(FollowingOpen? open, ExpressionSyntax? source, bool mayBeNull, bool keepsWholeName)
    {
        Open = open;
        _source = source;
        _mayBeNull = mayBeNull;
        _keepsWholeName = keepsWholeName;
    }

    /// <summary>What folds into the guarded call; <see langword="null"/> where the connection stays closed at first.</summary>
    public FollowingOpen? Open { get; }

    /// <summary>The site, or <see langword="null"/> where no guarded call means the same.</summary>
    /// <param name="creation">The creation.</param>
    /// <param name="model">Its document's semantics.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="source">The guarded source to take the connection from; without one, that for the connection string.</param>
    public static RawConnectionSite? Read(
        BaseObjectCreationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken, ExpressionSyntax? source = null)
    {
        // Of what is not typed to its end, nobody knows where it ends.
        if (creation.ContainsDiagnostics ||
            ConnectionString(creation) is not { } connectionString ||
            model.GetTypeInfo(connectionString, cancellationToken) is not { ConvertedType.SpecialType: SpecialType.System_String } ||
            model.GetConstantValue(connectionString, cancellationToken) is { HasValue: true, Value: null } ||
            (source is null ? !CanBeGuarded(creation, model, cancellationToken) : StandbyConnectionString.MayBeAskedForIn(Operation(connectionString, model, cancellationToken))) ||
            TriviaAround(connectionString, creation).Any(trivia => trivia.IsDirective) ||
            source is not null && creation.DescendantTrivia().Any(trivia => creation.Span.Contains(trivia.Span) && Trivia.IsComment(trivia)))
        {
            return null;
        }

        // Roslyn 4.8's simplifier throws on any name in the base arguments of a primary constructor.
        var keepsWholeName = creation.FirstAncestorOrSelf<PrimaryConstructorBaseTypeSyntax>() is not null;
        return new(FollowingOpen.Of(creation, model, cancellationToken), source, MayBeNull(connectionString, model, cancellationToken), keepsWholeName);
    }

    /// <summary>Whether guarded code would do what this does: the guard takes the string, and nobody takes it from this connection.</summary>
    public static bool CanBeGuarded(BaseObjectCreationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken) =>
        ConnectionString(creation) is { } connectionString &&
        GuardableConnectionString.Is(Operation(connectionString, model, cancellationToken)) &&
        !(model.GetOperation(creation, cancellationToken) is { } operation && LentConnectionString.IsTakenFrom(operation));

    // Parentheses and the null-forgiving operator have none; Roslyn 4.8 has none in collection expressions.
    static IOperation? Operation(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken)
    {
        while (expression is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            expression = expression is ParenthesizedExpressionSyntax parenthesized ? parenthesized.Expression : ((PostfixUnaryExpressionSyntax)expression).Operand;
        }

        return model.GetOperation(expression, cancellationToken);
    }

    /// <summary>The site as it is written for all who share its file: differences would have to be merged by hand.</summary>
    public RawConnectionSite AlsoIn(IEnumerable<SemanticModel> linked, BaseObjectCreationExpressionSyntax creation, CancellationToken cancellationToken) =>
        new(Open, _source, _mayBeNull || linked.Any(model => MayBeNullIn(model, creation.Span, cancellationToken)), _keepsWholeName);

    /// <param name="creation">The creation, in which other sites may have been rewritten already.</param>
    /// <param name="writableDataSource">The type, as an expression.</param>
    public ExpressionSyntax Guarded(BaseObjectCreationExpressionSyntax creation, ExpressionSyntax writableDataSource)
    {
        var connectionString = ConnectionString(creation)!;
        var moved = TriviaAround(connectionString, creation).Where(Trivia.IsComment).SelectMany(comment => Trivia.BeforeMoreCode(comment));
        var arguments = creation.Initializer is null ? creation.ArgumentList! : ArgumentList(SingletonSeparatedList(Argument(connectionString.WithoutTrivia())));
        if (_source is not null)
        {
            return Taken(_source, creation);
        }

        if (_mayBeNull)
        {
            arguments = arguments.ReplaceNode(arguments.Arguments[0].Expression, NotNull(arguments.Arguments[0].Expression));
        }

        var opening = arguments.OpenParenToken.WithTrailingTrivia(moved.Concat(arguments.OpenParenToken.TrailingTrivia));
        arguments = arguments.WithOpenParenToken(opening).WithoutTrivia();
        var type = _keepsWholeName ? writableDataSource.WithoutAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation) : writableDataSource;
        return Taken(InvocationExpression(Member(type, WellKnownNames.Members.For), arguments), creation);
    }

    ExpressionSyntax Taken(ExpressionSyntax source, BaseObjectCreationExpressionSyntax creation)
    {
        var connection = Open?.On(source) ?? InvocationExpression(Member(source, WellKnownNames.Members.CreateConnection)).WithoutTrivia();
        return connection
            .WithLeadingTrivia(creation.GetLeadingTrivia())
            .WithTrailingTrivia(connection.GetTrailingTrivia().AddRange(creation.GetTrailingTrivia()));
    }

    static bool MayBeNullIn(SemanticModel model, TextSpan site, CancellationToken cancellationToken) =>
        model.SyntaxTree.GetRoot(cancellationToken) is var root &&
        root.FullSpan.Contains(site) &&
        root.FindNode(site, getInnermostNodeForTie: true) is BaseObjectCreationExpressionSyntax creation &&
        ConnectionString(creation) is { } connectionString &&
        MayBeNull(connectionString, model, cancellationToken);

    // NpgsqlConnection takes a null string and fails at Open; For does not take one, and its parameter says so.
    static bool MayBeNull(ExpressionSyntax connectionString, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetNullableContext(connectionString.SpanStart).WarningsEnabled() &&
        model.GetTypeInfo(connectionString, cancellationToken).Nullability.FlowState == NullableFlowState.MaybeNull;

    /// <summary>The connection string, if nothing else is said of the connection.</summary>
    public static ExpressionSyntax? ConnectionString(BaseObjectCreationExpressionSyntax creation) => creation switch
    {
        { Initializer: null, ArgumentList.Arguments: [var only] } => only.Expression,
        {
            ArgumentList: null or { Arguments.Count: 0 },
            Initializer.Expressions: [AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "ConnectionString" } } assignment],
        } => assignment.Right,
        _ => null,
    };

    /// <summary>What stands inside the creation, but in no part of it that is kept as it is.</summary>
    static IEnumerable<SyntaxTrivia> TriviaAround(ExpressionSyntax connectionString, BaseObjectCreationExpressionSyntax creation)
    {
        SyntaxNode kept = creation.Initializer is null ? creation.ArgumentList! : connectionString;
        return creation.DescendantTrivia().Where(trivia => creation.Span.Contains(trivia.Span) && !kept.Span.Contains(trivia.Span));
    }

    static ExpressionSyntax NotNull(ExpressionSyntax expression)
    {
        var operand = expression.WithoutTrivia();
        if (operand is not (IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax))
        {
            operand = ParenthesizedExpression(operand);
        }

        return PostfixUnaryExpression(SyntaxKind.SuppressNullableWarningExpression, operand).WithTriviaFrom(expression);
    }

    static MemberAccessExpressionSyntax Member(ExpressionSyntax target, string name) =>
        MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, target, IdentifierName(name));
}
