using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether a project takes connections from the guard, anywhere in it.</summary>
sealed class GuardedProject(Compilation compilation)
{
    readonly NamedTypes _guards = new(compilation, WellKnownNames.Namespace + "." + WellKnownNames.WritableDataSource);
    object? _rents;

    /// <summary>
    /// Reads names only, and only once somebody asks: whether a name means the guard's is known without semantics where its package is referenced.
    /// </summary>
    public bool Rents(CancellationToken cancellationToken)
    {
        if (!_guards.Exist)
        {
            return false;
        }

        // Two that ask at once read twice, and come to the same.
        _rents ??= compilation.SyntaxTrees.Any(tree => tree.GetRoot(cancellationToken).DescendantTokens().Any(token => Names(token.ValueText)));
        return (bool)_rents;
    }

    static bool Names(string text) => text switch
    {
        WellKnownNames.WritableDataSource or WellKnownNames.Members.BuildWritable or WellKnownNames.Members.UseWritableNpgsql => true,
        // Every registration, Aspire's included: AddKeyedWritableNpgsqlDataSource, AddWritableNpgsqlDbContext.
        _ => text.StartsWith("Add", StringComparison.Ordinal) && text.IndexOf("WritableNpgsql", StringComparison.Ordinal) > 0,
    };
}
