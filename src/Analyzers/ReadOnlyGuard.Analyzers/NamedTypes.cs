using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// The types of one full name that a compilation sees: more than one where two versions of an assembly are referenced under different
/// aliases, or two assemblies declare the same name.
/// </summary>
readonly struct NamedTypes(Compilation compilation, string fullName)
{
    readonly ImmutableArray<INamedTypeSymbol> _types = compilation.GetTypesByMetadataName(fullName);

    public bool Exist => !_types.IsEmpty;

    public bool Contain(ITypeSymbol? type)
    {
        foreach (var known in _types)
        {
            if (SymbolEqualityComparer.Default.Equals(type?.OriginalDefinition, known))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the type is one of these or a base of one.</summary>
    public bool HaveBase(ITypeSymbol type)
    {
        foreach (var known in _types)
        {
            for (ITypeSymbol? derived = known; derived is not null; derived = derived.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(derived, type))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public bool ContainBaseOf(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (Contain(type))
            {
                return true;
            }
        }

        return false;
    }
}
