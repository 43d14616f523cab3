using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>The guarded data sources that code can name where it makes a connection.</summary>
static class SourcesInScope
{
    /// <summary>Their names: locals first, then parameters, fields and properties.</summary>
    public static IEnumerable<IdentifierNameSyntax> At(
        BaseObjectCreationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        // Neither an initialiser nor the arguments for another constructor have an instance yet.
        var beforeInstance = creation.Ancestors().Any(outer => outer is ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax or
            EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } });
        var inStaticFunction = creation.Ancestors().Any(outer =>
            outer is AnonymousFunctionExpressionSyntax lambda && lambda.Modifiers.Any(SyntaxKind.StaticKeyword) ||
            outer is LocalFunctionStatementSyntax local && local.Modifiers.Any(SyntaxKind.StaticKeyword));
        var function = model.GetEnclosingSymbol(creation.SpanStart, cancellationToken);
        var member = function;
        while (member is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            member = member.ContainingSymbol;
        }

        return model.LookupSymbols(creation.SpanStart)
            .Where(symbol => IsSame(TypeOf(symbol), guard) && SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None)
            .Where(symbol => symbol switch
            {
                ILocalSymbol or IParameterSymbol when inStaticFunction && !IsSame(symbol.ContainingSymbol, function) => false,
                ILocalSymbol => IsAssignedBefore(symbol, creation, cancellationToken),
                IParameterSymbol { RefKind: not RefKind.None } => false,
                // Of the primary constructor.
                IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } when !IsSame(constructor, member) =>
                    member is { IsStatic: false } && IsSame(constructor.ContainingType, member.ContainingType),
                IParameterSymbol => true,
                _ => symbol.IsStatic || member is { IsStatic: false } && !beforeInstance && !inStaticFunction && Inherits(member.ContainingType, symbol.ContainingType),
            })
            .OrderBy(symbol => symbol switch { ILocalSymbol => 0, IParameterSymbol => 1, IFieldSymbol => 2, _ => 3 })
            .Select(symbol => (symbol, name: SyntaxFactory.IdentifierName(symbol.Name)))
            .Where(source => IsSame(
                source.symbol, model.GetSpeculativeSymbolInfo(creation.SpanStart, source.name, SpeculativeBindingOption.BindAsExpression).Symbol))
            .Select(source => source.name);
    }

    static bool IsSame(ISymbol? one, ISymbol? other) => SymbolEqualityComparer.Default.Equals(one, other);

    static bool Inherits(INamedTypeSymbol? type, INamedTypeSymbol from)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (IsSame(type, from))
            {
                return true;
            }
        }

        return false;
    }

    // One that can be null warns where a connection is taken from it.
    static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol { NullableAnnotation: not NullableAnnotation.Annotated } local => local.Type,
        ILocalSymbol { DeclaringSyntaxReferences: [var declaration] } local when declaration.GetSyntax() is VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type.IsVar: true } } => local.Type,
        IParameterSymbol { NullableAnnotation: not NullableAnnotation.Annotated } parameter => parameter.Type,
        IFieldSymbol { NullableAnnotation: not NullableAnnotation.Annotated } field => field.Type,
        IPropertySymbol { NullableAnnotation: not NullableAnnotation.Annotated, IsIndexer: false, GetMethod: not null } property => property.Type,
        _ => null,
    };

    static bool IsAssignedBefore(ISymbol local, SyntaxNode creation, CancellationToken cancellationToken) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer: not null } declarator &&
        declarator.Span.End <= creation.SpanStart;
}
