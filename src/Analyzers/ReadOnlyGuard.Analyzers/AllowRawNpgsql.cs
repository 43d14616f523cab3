using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether <c>[AllowRawNpgsql]</c> covers a piece of code. Matched by full name: the attribute can be the user's own.</summary>
static class AllowRawNpgsql
{
    public static bool Covers(IAssemblySymbol assembly) => IsOn(assembly);

    /// <param name="operation">The code in question.</param>
    /// <param name="member">The field, property or method that contains it.</param>
    public static bool Covers(IOperation operation, ISymbol member)
    {
        // Lambdas and local functions are no containing symbols of an operation, but can carry the attribute themselves.
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            var function = outer switch
            {
                IAnonymousFunctionOperation lambda => lambda.Symbol,
                ILocalFunctionOperation local => local.Symbol,
                _ => null,
            };
            if (function is not null && IsOn(function))
            {
                return true;
            }
        }

        for (var outer = member; outer is not null and not INamespaceSymbol; outer = outer.ContainingSymbol)
        {
            if (IsOn(outer) || AssociatedWith(outer) is { } property && IsOn(property))
            {
                return true;
            }
        }

        return false;
    }

    static ISymbol? AssociatedWith(ISymbol member) => member switch
    {
        IMethodSymbol accessor => accessor.AssociatedSymbol,
        IFieldSymbol backing => backing.AssociatedSymbol,
        _ => null,
    };

    static bool IsOn(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is
                {
                    Name: WellKnownNames.AllowRawNpgsqlAttribute,
                    ContainingType: null,
                    ContainingNamespace: { Name: WellKnownNames.Namespace, ContainingNamespace.IsGlobalNamespace: true },
                })
            {
                return true;
            }
        }

        return false;
    }
}
