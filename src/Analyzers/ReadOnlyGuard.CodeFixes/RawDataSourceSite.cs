using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>One creation of a raw data source whose users would find the same members on a guarded one.</summary>
sealed class RawDataSourceSite
{
    readonly bool _isBuilt;

    RawDataSourceSite(bool isBuilt, TypeSyntax? declaredType)
    {
        _isBuilt = isBuilt;
        DeclaredType = declaredType;
    }

    /// <summary>The type of the variable, where it is spelled out and has to change, too.</summary>
    public TypeSyntax? DeclaredType { get; }

    public static RawDataSourceSite? Read(InvocationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        if (creation.ContainsDiagnostics || creation.ContainsDirectives ||
            creation.Expression is not MemberAccessExpressionSyntax access ||
            // Roslyn 4.8's simplifier throws on any name in the base arguments of a primary constructor.
            creation.FirstAncestorOrSelf<PrimaryConstructorBaseTypeSyntax>() is not null ||
            model.GetSymbolInfo(creation, cancellationToken).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var isBuilt = method.Name is "Build" or "BuildMultiHost";
        var isBound = isBuilt
            ? model.GetSpeculativeSymbolInfo(creation.SpanStart, Built(creation, access), SpeculativeBindingOption.BindAsExpression).Symbol is not null
            : method is { Name: "Create" or "CreateDataSource", Parameters: [{ Type.SpecialType: SpecialType.System_String }] };
        if (!isBound || model.GetTypeInfo(creation, cancellationToken) is not { Type: { } raw, ConvertedType: { } converted })
        {
            return null;
        }

        if (!SymbolEqualityComparer.Default.Equals(raw, converted) || method.Name == "CreateDataSource")
        {
            return SourceUse.IsGeneral(converted) ? new(isBuilt, declaredType: null) : null;
        }

        return SourceUse.DeclarationOf(creation) is { } declaration && SourceUse.AllFind(declaration.Variables[0], guard, model, cancellationToken)
            ? new(isBuilt, declaration.Type.IsVar ? null : declaration.Type)
            : null;
    }

    public ExpressionSyntax Guarded(InvocationExpressionSyntax creation, ExpressionSyntax guard)
    {
        var access = (MemberAccessExpressionSyntax)creation.Expression;
        return _isBuilt
            ? Built(creation, access)
            : creation.WithExpression(MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, guard.WithLeadingTrivia(access.GetLeadingTrivia()), IdentifierName(WellKnownNames.Members.Create)));
    }

    static InvocationExpressionSyntax Built(InvocationExpressionSyntax creation, MemberAccessExpressionSyntax access) =>
        creation.WithExpression(access.WithName(IdentifierName(WellKnownNames.Members.BuildWritable).WithTriviaFrom(access.Name)));
}
