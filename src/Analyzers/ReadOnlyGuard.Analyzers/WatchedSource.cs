using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// Knows which data sources <c>RecoveryWatcher.Watch</c> is given, as far as the type that makes them shows: directly, through a local,
/// or through the field, property or method that it is kept in or comes from.
/// </summary>
sealed class WatchedSource(Compilation compilation)
{
    readonly NamedTypes _watchers = new(compilation, WellKnownNames.Namespace + "." + WellKnownNames.RecoveryWatcher);
    readonly ConditionalWeakTable<SyntaxTree, List<SyntaxToken>> _names = new();
    readonly ConditionalWeakTable<IOperation, StrongBox<bool>> _members = new();

    public bool Is(IOperation creation)
    {
        var holders = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        return IsGivenTo(creation is IMethodReferenceOperation ? Maker(creation) : creation, holders) ||
            holders.Count > 0 && CallsBeside(creation).Any(watch => watch.Descendants().Any(part => SymbolOf(part) is { } symbol && holders.Contains(symbol)));
    }

    /// <summary>Whether the member watches what it asks a container for.</summary>
    public bool IsAskedForIn(IOperation member, NpgsqlTypes npgsql) => _watchers.Exist && _members.GetValue(member, read => new(Asks(read, npgsql))).Value;

    bool Asks(IOperation member, NpgsqlTypes npgsql) => member.Descendants().OfType<IInvocationOperation>().Any(call =>
        IsWatch(call) &&
        Origin.Of(call.Arguments.FirstOrDefault()?.Value) is IInvocationOperation { TargetMethod: { Name: "GetRequiredService" or "GetService", TypeArguments.Length: 1 } asked } &&
        npgsql.IsRawDataSource(asked.TypeArguments[0]));

    bool IsWatch(IInvocationOperation call) => call.TargetMethod.Name == WellKnownNames.Members.Watch && _watchers.Contain(call.TargetMethod.ContainingType);

    /// <summary>Whether the value goes straight into a watcher; if not, <paramref name="holders"/> gets what holds it then.</summary>
    bool IsGivenTo(IOperation value, HashSet<ISymbol> holders)
    {
        var outer = value;
        while (outer.Parent is IConversionOperation or IParenthesizedOperation or ICoalesceOperation or IConditionalOperation or IAssignmentOperation)
        {
            outer = outer.Parent;
            if (outer is IAssignmentOperation { Target: var target } && SymbolOf(target) is { } assigned)
            {
                holders.Add(assigned);
            }
        }

        switch (outer.Parent)
        {
            case IArgumentOperation { Parent: IInvocationOperation call }:
                return IsWatch(call);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                // Half-typed code can declare a local by itself.
                return holders.Add(local) &&
                    Origin.References(local, Origin.Root(outer)).Any(reference => reference.Parent is not IArgumentOperation && IsGivenTo(reference, holders));
            case IFieldInitializerOperation field:
                holders.UnionWith(field.InitializedFields);
                return false;
            case IPropertyInitializerOperation property:
                holders.UnionWith(property.InitializedProperties);
                return false;
            case IReturnOperation result:
                return IsReturned(result, holders);
            default:
                return false;
        }
    }

    bool IsReturned(IReturnOperation result, HashSet<ISymbol> holders)
    {
        for (var outer = result.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation)
            {
                return IsGivenTo(Maker(outer), holders);
            }

            if (outer is ILocalFunctionOperation local)
            {
                holders.Add(local.Symbol);
                return false;
            }
        }

        if (result.SemanticModel?.GetEnclosingSymbol(result.Syntax.SpanStart) is { } member)
        {
            holders.Add(member is IMethodSymbol { AssociatedSymbol: { } property } ? property : member);
        }

        return false;
    }

    /// <summary>What makes it later, with the function or the method that is called then: a Lazy, a factory.</summary>
    static IOperation Maker(IOperation function)
    {
        while (function.Parent is IDelegateCreationOperation or IConversionOperation or IArgumentOperation or IObjectCreationOperation)
        {
            function = function.Parent;
        }

        return function;
    }

    /// <summary>The watching calls in the same file: of the type that the creation is in, and of top-level statements.</summary>
    IEnumerable<IInvocationOperation> CallsBeside(IOperation creation)
    {
        if (!_watchers.Exist || creation.SemanticModel is not { } model)
        {
            yield break;
        }

        foreach (var token in _names.GetValue(creation.Syntax.SyntaxTree, Names))
        {
            for (var node = token.Parent; node is not null; node = node.Parent)
            {
                if (model.GetOperation(node) is IInvocationOperation call)
                {
                    if (IsWatch(call))
                    {
                        yield return call;
                    }

                    break;
                }
            }
        }
    }

    // Read once for each file.
    static List<SyntaxToken> Names(SyntaxTree tree) =>
        [.. tree.GetRoot().DescendantTokens().Where(token => token.ValueText == WellKnownNames.Members.Watch)];

    static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member => member.Member,
        IInvocationOperation call => call.TargetMethod,
        _ => null,
    };
}
