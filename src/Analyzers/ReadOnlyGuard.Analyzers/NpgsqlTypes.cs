using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>The types of Npgsql as one compilation knows them, resolved once.</summary>
sealed class NpgsqlTypes
{
    // More than one where two versions of Npgsql are referenced under different aliases: a connection of either is raw.
    readonly ImmutableArray<INamedTypeSymbol> _connections;

    NpgsqlTypes(ImmutableArray<INamedTypeSymbol> connections) => _connections = connections;

    /// <summary>The types, or <see langword="null"/> where the compilation does not reference Npgsql.</summary>
    public static NpgsqlTypes? In(Compilation compilation) =>
        compilation.GetTypesByMetadataName(WellKnownNames.NpgsqlConnection) is { IsEmpty: false } connections ? new(connections) : null;

    public bool IsConnection(ITypeSymbol? type)
    {
        foreach (var connection in _connections)
        {
            if (SymbolEqualityComparer.Default.Equals(type, connection))
            {
                return true;
            }
        }

        return false;
    }
}
