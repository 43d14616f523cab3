using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Whether what the code does with a data source, it can do with a guarded one.</summary>
static class SourceUse
{
    /// <summary>The types that both kinds of data source are.</summary>
    public static bool IsGeneral(ITypeSymbol? type) => type?.ToDisplayString() is "System.Data.Common.DbDataSource" or "System.IDisposable" or "System.IAsyncDisposable";

    /// <summary>The declaration of the one local or private field that begins with this value.</summary>
    public static VariableDeclarationSyntax? DeclarationOf(ExpressionSyntax value) =>
        value.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, ContainsDiagnostics: false } declaration } } &&
        (declaration.Parent is LocalDeclarationStatementSyntax or UsingStatementSyntax || declaration.Parent is FieldDeclarationSyntax)
            ? declaration
            : null;

    public static bool AllFind(VariableDeclaratorSyntax variable, INamedTypeSymbol guard, SemanticModel model, CancellationToken cancellationToken)
    {
        var symbol = model.GetDeclaredSymbol(variable, cancellationToken);
        if (symbol is IFieldSymbol field && (field.DeclaredAccessibility != Accessibility.Private || field.ContainingType.DeclaringSyntaxReferences.Length > 1))
        {
            return false;
        }

        var scope = variable.Ancestors().First(outer => outer is TypeDeclarationSyntax or CompilationUnitSyntax);
        return scope.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name =>
                name.Identifier.ValueText == variable.Identifier.ValueText &&
                SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, symbol))
            .All(use => Finds(use, guard, model, cancellationToken));
    }

    static bool Finds(IdentifierNameSyntax use, INamedTypeSymbol guard, SemanticModel model, CancellationToken cancellationToken)
    {
        ExpressionSyntax value = use.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : use;
        return value.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Expression == value =>
                model.GetSymbolInfo(access, cancellationToken).Symbol is { } member && Has(guard, member),
            UsingStatementSyntax => true,
            AssignmentExpressionSyntax assignment when assignment.Left == value => false,
            _ => IsGeneral(model.GetTypeInfo(value, cancellationToken).ConvertedType),
        };
    }

    static bool Has(INamedTypeSymbol guard, ISymbol member)
    {
        for (var type = guard; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(member.Name) is { IsEmpty: false } same)
            {
                return same.Any(candidate => candidate.DeclaredAccessibility == Accessibility.Public && IsSame(candidate, member));
            }
        }

        return false;
    }

    static bool IsSame(ISymbol one, ISymbol other) => (one, other) switch
    {
        (IMethodSymbol a, IMethodSymbol b) => a.Parameters.Length == b.Parameters.Length && IsSame(a.ReturnType, b.ReturnType) &&
            a.Parameters.Zip(b.Parameters, (x, y) => IsSame(x.Type, y.Type)).All(same => same),
        (IPropertySymbol a, IPropertySymbol b) => IsSame(a.Type, b.Type),
        _ => false,
    };

    static bool IsSame(ITypeSymbol one, ITypeSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
