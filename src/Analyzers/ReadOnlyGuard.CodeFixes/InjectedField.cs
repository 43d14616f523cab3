using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>A field that the one constructor of a class sets from a parameter, named as the class names its others.</summary>
sealed class InjectedField
{
    readonly string _parameter;
    readonly bool _isPrivate;

    InjectedField(string name, string parameter, bool isPrivate)
    {
        Name = name;
        _parameter = parameter;
        _isPrivate = isPrivate;
    }

    public string Name { get; }

    public static InjectedField? Of(ClassDeclarationSyntax declaration, IEnumerable<string> names, Func<IEnumerable<string>, string?> unused)
    {
        var constructor = Constructor(declaration);
        if (constructor.Initializer is { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword } ||
            constructor is { Body: null, ExpressionBody: null } ||
            constructor.ExpressionBody is { } arrow && (arrow.Expression is ThrowExpressionSyntax || constructor.DescendantTrivia().Any(trivia => Trivia.IsComment(trivia) && constructor.Span.Contains(trivia.Span))))
        {
            return null;
        }

        var fields = Fields(declaration).ToList();
        var underscored = fields.Count == 0 || fields.Any(field => field.Declaration.Variables[0].Identifier.ValueText.StartsWith("_", StringComparison.Ordinal));
        var parameter = names.FirstOrDefault(name => constructor.DescendantTokens().All(token => token.ValueText != name));
        return parameter is not null && unused(names.Select(name => underscored ? "_" + name : name)) is { } found
            ? new(found, parameter, fields.Count == 0 || fields.Any(field => field.Modifiers.Any(SyntaxKind.PrivateKeyword)))
            : null;
    }

    public ClassDeclarationSyntax In(ClassDeclarationSyntax declaration, TypeSyntax type)
    {
        var newLine = declaration.DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: not 0 } found ? found : LineFeed;
        var constructor = Constructor(declaration);
        var indentation = constructor.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToList();
        declaration = declaration.ReplaceNode(constructor, Assigning(constructor, type, newLine));

        var modifiers = TokenList(Token(SyntaxKind.ReadOnlyKeyword).WithTrailingTrivia(Space));
        if (_isPrivate)
        {
            modifiers = modifiers.Insert(0, Token(SyntaxKind.PrivateKeyword).WithTrailingTrivia(Space));
        }

        var variable = VariableDeclaration(type.WithoutTrivia().WithTrailingTrivia(Space), SingletonSeparatedList(VariableDeclarator(Name)));
        var field = FieldDeclaration([], modifiers, variable).WithLeadingTrivia(indentation).WithTrailingTrivia(newLine);
        if (Fields(declaration).LastOrDefault() is { } last)
        {
            return declaration.InsertNodesAfter(last, [field]);
        }

        var first = declaration.Members[0];
        return declaration.ReplaceNode(first, [field, first.WithLeadingTrivia(first.GetLeadingTrivia().Insert(0, newLine))]);
    }

    ConstructorDeclarationSyntax Assigning(ConstructorDeclarationSyntax constructor, TypeSyntax type, SyntaxTrivia newLine)
    {
        ExpressionSyntax field = IdentifierName(Name);
        if (Name == _parameter)
        {
            field = MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, ThisExpression(), IdentifierName(Name));
        }

        var assignment = ExpressionStatement(AssignmentExpression(
            SyntaxKind.SimpleAssignmentExpression,
            field,
            Token(SyntaxKind.EqualsToken).WithLeadingTrivia(Space).WithTrailingTrivia(Space),
            IdentifierName(_parameter)));
        constructor = constructor.WithParameterList(SourceInjection.With(constructor.ParameterList, _parameter, type));
        if (constructor.Body is { } body)
        {
            var laidOut = body.Statements.LastOrDefault() is { } last && last.GetLocation().GetLineSpan().StartLinePosition.Line != body.OpenBraceToken.GetLocation().GetLineSpan().StartLinePosition.Line
                ? assignment.WithLeadingTrivia(last.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))).WithTrailingTrivia(newLine)
                : assignment.WithTrailingTrivia(Space).WithAdditionalAnnotations(Formatter.Annotation);
            return constructor.WithBody(body.AddStatements(laidOut));
        }

        var block = Block(ExpressionStatement(constructor.ExpressionBody!.Expression.WithoutTrivia()), assignment).WithTrailingTrivia(constructor.SemicolonToken.TrailingTrivia);
        return constructor
            .WithExpressionBody(null)
            .WithSemicolonToken(default)
            .WithParameterList(constructor.ParameterList.WithTrailingTrivia(newLine))
            .WithBody(block.WithAdditionalAnnotations(Formatter.Annotation));
    }

    static ConstructorDeclarationSyntax Constructor(ClassDeclarationSyntax declaration) =>
        declaration.Members.OfType<ConstructorDeclarationSyntax>().Single(constructor => !constructor.Modifiers.Any(SyntaxKind.StaticKeyword));

    static IEnumerable<FieldDeclarationSyntax> Fields(ClassDeclarationSyntax declaration) => declaration.Members.OfType<FieldDeclarationSyntax>()
        .Where(field => !field.Modifiers.Any(modifier => modifier.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.ConstKeyword));
}
