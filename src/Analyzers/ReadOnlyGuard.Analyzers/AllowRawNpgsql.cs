using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Which <c>[AllowRawNpgsql]</c> covers a piece of code. Matched by full name: the attribute can be the user's own.</summary>
static class AllowRawNpgsql
{
    /// <summary>The reason that a fix writes, for somebody to replace.</summary>
    public const string Placeholder = "TODO: say why";

    /// <param name="operation">The code in question.</param>
    /// <param name="member">The field, property or method that contains it.</param>
    public static bool Covers(IOperation operation, ISymbol member) => Covering(operation, member).Any() || On(member.ContainingAssembly) is not null;

    /// <summary>Every attribute that covers the operation, the innermost first; without that of the assembly.</summary>
    public static IEnumerable<AttributeData> Covering(IOperation operation, ISymbol member)
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
            if (function is not null && On(function) is { } onFunction)
            {
                yield return onFunction;
            }
        }

        for (var outer = member; outer is not null and not INamespaceSymbol; outer = outer.ContainingSymbol)
        {
            if (On(outer) is { } onMember)
            {
                yield return onMember;
            }

            if (AssociatedWith(outer) is { } property && On(property) is { } onProperty)
            {
                yield return onProperty;
            }
        }
    }

    public static AttributeData? On(ISymbol symbol)
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
                return attribute;
            }
        }

        return null;
    }

    static ISymbol? AssociatedWith(ISymbol member) => member switch
    {
        IMethodSymbol accessor => accessor.AssociatedSymbol,
        IFieldSymbol backing => backing.AssociatedSymbol,
        _ => null,
    };
}
