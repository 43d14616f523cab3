using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// Whether a data source, or the pool of a connection string, is one that <c>RecoveryWatcher.Watch</c> is given: directly, through what
/// holds it or returns it, or from the container that it is registered with.
/// </summary>
sealed class WatchedSource(Compilation compilation)
{
    readonly NamedTypes _watchers = new(compilation, WellKnownNames.Namespace + "." + WellKnownNames.RecoveryWatcher);
    readonly ConditionalWeakTable<SyntaxTree, WatchedInFile> _files = new();
    readonly Lazy<List<WatchedNames>> _elsewhere = new(() => [.. compilation.SyntaxTrees.Select(WatchedNames.In).Where(names => names.AreAny)]);

    /// <param name="creation">Makes a data source.</param>
    public bool Is(IOperation creation)
    {
        if (!_watchers.Exist)
        {
            return false;
        }

        var holders = new SourceHolders(IsWatch);
        return holders.AreGivenTo(creation) ||
            holders.Symbols.Overlaps(InFile(creation).Holders) ||
            holders.Symbols.Any(IsWatchedElsewhere) ||
            holders.IsRegistered && IsAskedFor(creation);
    }

    /// <summary>Whether the pool that connections of this string share is watched. A data source has a pool of its own.</summary>
    public bool IsPoolOf(IOperation? connectionString) =>
        _watchers.Exist && connectionString is not null &&
        SameText.Keys(connectionString).ToList() is { Count: > 0 } keys &&
        (InFile(connectionString).Texts.Overlaps(keys) ||
            Origin.Unwrap(connectionString) is IMemberReferenceOperation { Member: { IsStatic: true } member } && IsWatchedElsewhere(member));

    /// <summary>Whether somebody watches what a container is asked for.</summary>
    /// <param name="registration">Any operation of the member that registers the data source, without a key.</param>
    public bool IsAskedFor(IOperation registration) =>
        _watchers.Exist && (InFile(registration).AsksContainer || _elsewhere.Value.Any(names => names.AskContainer));

    bool IsWatch(IInvocationOperation call) => call.TargetMethod.Name == WellKnownNames.Members.Watch && _watchers.Contain(call.TargetMethod.ContainingType);

    bool IsWatchedElsewhere(ISymbol holder) =>
        !holder.DeclaringSyntaxReferences.IsEmpty &&
        holder is IFieldSymbol or IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary } &&
        _elsewhere.Value.Any(names => names.Contain(holder));

    WatchedInFile InFile(IOperation operation) => _files.GetValue(
        operation.Syntax.SyntaxTree,
        _ => operation.SemanticModel is { } model ? new(model, IsWatch) : WatchedInFile.Empty);
}
