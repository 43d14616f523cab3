using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// The types of one full name that a compilation sees: more than one where two versions of an assembly are referenced under different
/// aliases, or two assemblies declare the same name.
/// </summary>
sealed class NamedTypes(Compilation compilation, string fullName)
{
    readonly string _name = fullName.Substring(fullName.LastIndexOfAny(['.', '+']) + 1).Split('`')[0];

    // Looked for when something first has the name: it takes a look into every reference, which most compilations can do without.
    readonly Lazy<ImmutableArray<INamedTypeSymbol>> _types = new(() => compilation.GetTypesByMetadataName(fullName));

    /// <summary>Whether the compilation sees any.</summary>
    public bool Exist => !_types.Value.IsEmpty;

    public bool Contain(ITypeSymbol? type)
    {
        if (type?.Name != _name)
        {
            return false;
        }

        foreach (var known in _types.Value)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, known))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the type is one of these or a base of one.</summary>
    public bool HaveBase(ITypeSymbol type)
    {
        foreach (var known in _types.Value)
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
