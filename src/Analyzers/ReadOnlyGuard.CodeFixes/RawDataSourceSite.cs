using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// One creation of a raw data source, and what becomes of it: a <c>WritableDataSource</c> where its users need no more than that has, else
/// the genuine <c>NpgsqlDataSource</c> over one, so that every type around it stays.
/// </summary>
sealed class RawDataSourceSite
{
    readonly InvocationExpressionSyntax _creation;
    readonly bool _isBuilt;
    readonly bool _takesBuilder;

    RawDataSourceSite(InvocationExpressionSyntax creation, ExpressionSyntax whole, bool isBuilt, bool takesBuilder, bool keepsType, TypeSyntax? declaredType)
    {
        _creation = creation;
        Whole = whole;
        _isBuilt = isBuilt;
        _takesBuilder = takesBuilder;
        KeepsType = keepsType;
        DeclaredType = declaredType;
    }

    /// <summary>What is replaced: the creation, or the choice of the primary among several hosts that is made from it.</summary>
    public ExpressionSyntax Whole { get; }

    /// <summary>Whether it stays an <c>NpgsqlDataSource</c>.</summary>
    public bool KeepsType { get; }

    /// <summary>The type of the variable, where it is spelled out and has to change, too.</summary>
    public TypeSyntax? DeclaredType { get; }

    /// <summary>The site as it can be written for all who share its file; <see langword="null"/> where one of them could not compile it.</summary>
    public static RawDataSourceSite? Read(InvocationExpressionSyntax creation, IReadOnlyList<SemanticModel> models, CancellationToken cancellationToken)
    {
        var read = models
            .Select(model => (model, creation: model.Counterpart(creation, cancellationToken)))
            .Where(target => target.creation is not null)
            .Select(target => (target.model, site: Read(target.creation!, target.model, cancellationToken)))
            .ToList();
        if (read.Count == 0 || read.Any(target => target.site is null))
        {
            return null;
        }

        var own = read[0].site!;
        if (read.All(target => target.site!.KeepsType == own.KeepsType))
        {
            return own;
        }

        return read.All(target => CanKeepType(target.site!, target.model, cancellationToken))
            ? new(creation, creation, own._isBuilt, own._takesBuilder, keepsType: true, declaredType: null)
            : null;
    }

    static RawDataSourceSite? Read(InvocationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken)
    {
        if (creation.ContainsDiagnostics || creation.ContainsDirectives || IsInExpressionTree(creation, model, cancellationToken) ||
            creation.Expression is not (MemberAccessExpressionSyntax or IdentifierNameSyntax) ||
            WritableDataSourceType.In(model.Compilation) is not { } guard ||
            model.GetOperation(creation, cancellationToken) is not IInvocationOperation { TargetMethod: var method } operation ||
            NpgsqlTypes.In(model.Compilation) is not { } npgsql ||
            !GuardableConnectionString.Is(npgsql.SettingsOf(operation)) ||
            model.GetTypeInfo(creation, cancellationToken) is not { Type: { } raw, ConvertedType: { } converted })
        {
            return null;
        }

        var isBuilt = method.Name is "Build" or "BuildMultiHost";
        var takesBuilder = method is { Name: "Create", Parameters: [{ Type.Name: "NpgsqlConnectionStringBuilder" }] } &&
            creation.ArgumentList.Arguments[0].Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or ObjectCreationExpressionSyntax or InvocationExpressionSyntax;
        var isBound = isBuilt
            ? creation.Expression is MemberAccessExpressionSyntax access && Binds(BuildWritable(creation, access), creation.SpanStart, model)
            : takesBuilder || method is { Name: "Create" or "CreateDataSource", Parameters: [{ Type.SpecialType: SpecialType.System_String }] };
        if (!isBound || creation.Expression.DescendantTrivia().Any(Trivia.IsComment) && !isBuilt)
        {
            return null;
        }

        if (SourceUse.IsGeneral(converted) && (!IsSame(raw, converted) || method.Name == "CreateDataSource"))
        {
            return new(creation, creation, isBuilt, takesBuilder, keepsType: false, declaredType: null);
        }

        if (IsSame(raw, converted) && SourceUse.DeclarationOf(creation) is { } declaration &&
            SourceUse.AllFind(declaration.Variables[0], guard, model, cancellationToken))
        {
            return new(creation, creation, isBuilt, takesBuilder, keepsType: false, declaration.Type.IsVar ? null : declaration.Type);
        }

        if (guard.GetMembers(WellKnownNames.Members.AsNpgsqlDataSource).IsEmpty)
        {
            return null;
        }

        // What several hosts are built for is more than one primary, unless all that is taken from it is that.
        ExpressionSyntax? whole = IsOne(raw) || IsOne(converted) ? creation : ChoiceOfPrimary(creation, model, cancellationToken);
        return whole is null ? null : new(creation, whole, isBuilt, takesBuilder, keepsType: true, declaredType: null);
    }

    public ExpressionSyntax Guarded(ExpressionSyntax rewritten, ExpressionSyntax guard)
    {
        // Whatever was rewritten stands in the arguments.
        var creation = Whole == _creation
            ? (InvocationExpressionSyntax)rewritten
            : (InvocationExpressionSyntax)((MemberAccessExpressionSyntax)((InvocationExpressionSyntax)rewritten).Expression).Expression;
        var source = _isBuilt ? BuildWritable(creation, (MemberAccessExpressionSyntax)creation.Expression) : Create(creation, guard);
        source = source.WithLeadingTrivia(rewritten.GetLeadingTrivia());
        return (KeepsType ? AsNpgsqlDataSource(source) : source).WithTrailingTrivia(rewritten.GetTrailingTrivia());
    }

    InvocationExpressionSyntax Create(InvocationExpressionSyntax creation, ExpressionSyntax guard)
    {
        // Roslyn 4.8's simplifier throws on any name in the base arguments of a primary constructor.
        var type = _creation.FirstAncestorOrSelf<PrimaryConstructorBaseTypeSyntax>() is null
            ? guard
            : guard.WithoutAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);
        var create = creation.WithExpression(MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, type, IdentifierName(WellKnownNames.Members.Create)));
        if (!_takesBuilder)
        {
            return create;
        }

        var builder = create.ArgumentList.Arguments[0].Expression;
        var text = MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, builder.WithoutTrailingTrivia(), IdentifierName("ConnectionString"));
        return create.WithArgumentList(
            ArgumentList(SingletonSeparatedList(Argument(text.WithTrailingTrivia(builder.GetTrailingTrivia())))).WithTrailingTrivia(create.ArgumentList.GetTrailingTrivia()));
    }

    static bool Binds(ExpressionSyntax expression, int position, SemanticModel model) =>
        model.GetSpeculativeSymbolInfo(position, expression, SpeculativeBindingOption.BindAsExpression).Symbol is not null;

    static InvocationExpressionSyntax BuildWritable(InvocationExpressionSyntax creation, MemberAccessExpressionSyntax access) =>
        creation.WithExpression(access.WithName(IdentifierName(WellKnownNames.Members.BuildWritable).WithTriviaFrom(access.Name)));

    // Of a chain with a line for each call, the new call gets a line, too.
    static InvocationExpressionSyntax AsNpgsqlDataSource(InvocationExpressionSyntax source)
    {
        var dot = Token(SyntaxKind.DotToken);
        var before = default(SyntaxTriviaList);
        if (source.Expression is MemberAccessExpressionSyntax { OperatorToken: var own } access && own.HasLeadingTrivia && own.LeadingTrivia.All(Trivia.IsBlank))
        {
            dot = dot.WithLeadingTrivia(own.LeadingTrivia);
            before = TriviaList(access.Expression.GetTrailingTrivia().Where(trivia => !Trivia.IsComment(trivia)));
        }

        return InvocationExpression(MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression, source.WithTrailingTrivia(before), dot, IdentifierName(WellKnownNames.Members.AsNpgsqlDataSource)));
    }

    static bool CanKeepType(RawDataSourceSite site, SemanticModel model, CancellationToken cancellationToken) =>
        site.KeepsType
            ? site.Whole == site._creation
            : IsOne(model.GetTypeInfo(site._creation, cancellationToken).Type) &&
                WritableDataSourceType.In(model.Compilation)?.GetMembers(WellKnownNames.Members.AsNpgsqlDataSource).IsEmpty == false;

    // It may not leave out optional arguments.
    static bool IsInExpressionTree(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) => node.Ancestors().OfType<LambdaExpressionSyntax>()
        .Any(lambda => model.GetTypeInfo(lambda, cancellationToken).ConvertedType is INamedTypeSymbol { Name: "Expression", IsGenericType: true });

    static bool IsOne(ITypeSymbol? type) => type?.ToDisplayString() == WellKnownNames.NpgsqlDataSource;

    static InvocationExpressionSyntax? ChoiceOfPrimary(InvocationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken) =>
        creation.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WithTargetSession", Parent: InvocationExpressionSyntax choice } &&
        model.GetOperation(choice, cancellationToken) is IInvocationOperation { Arguments: [{ Value: IFieldReferenceOperation { Field.Name: "Primary" or "ReadWrite" } }] }
            ? choice
            : null;

    static bool IsSame(ITypeSymbol one, ITypeSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
