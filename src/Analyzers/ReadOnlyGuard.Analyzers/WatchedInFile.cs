using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>What the calls of <c>RecoveryWatcher.Watch</c> in one file are given. Read once for each file.</summary>
sealed class WatchedInFile
{
    public static readonly WatchedInFile Empty = new();

    WatchedInFile()
    {
    }

    public WatchedInFile(SemanticModel model, Func<IInvocationOperation, bool> isWatch)
    {
        foreach (var call in Calls(model).Where(isWatch))
        {
            var given = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value;
            if (given?.Type?.SpecialType == SpecialType.System_String)
            {
                Texts.UnionWith(SameText.Keys(given));
            }
            else if (given is not null)
            {
                Add(given, call);
            }
        }
    }

    /// <summary>The locals, parameters, members and methods that hold or return the sources.</summary>
    public HashSet<ISymbol> Holders { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The keys of the connection strings, as <see cref="SameText"/> has them.</summary>
    public HashSet<string> Texts { get; } = [];

    /// <summary>Whether a source comes from a container, without a key.</summary>
    public bool AsksContainer { get; private set; }

    static IEnumerable<IInvocationOperation> Calls(SemanticModel model)
    {
        foreach (var token in model.SyntaxTree.GetRoot().DescendantTokens().Where(token => token.ValueText == WellKnownNames.Members.Watch))
        {
            for (var node = token.Parent; node is not null; node = node.Parent)
            {
                if (model.GetOperation(node) is IInvocationOperation call)
                {
                    yield return call;
                    break;
                }
            }
        }
    }

    void Add(IOperation value, IInvocationOperation watch)
    {
        foreach (var part in value.DescendantsAndSelf())
        {
            AsksContainer |= part is IInvocationOperation { TargetMethod.Name: "GetRequiredService" or "GetService" };
            // Of a local that stands for others, those.
            if (SourceHolders.SymbolOf(part) is { } symbol && Holders.Add(symbol) && Behind(part, watch) is { } behind)
            {
                Add(behind, watch);
            }

            if (part is ILocalReferenceOperation local)
            {
                // Make(out var source)
                Holders.UnionWith(Origin.References(local.Local, local).Select(OutParameter).OfType<ISymbol>());
            }
        }
    }

    static ISymbol? OutParameter(IOperation reference) =>
        (reference.Parent is IDeclarationExpressionOperation declaration ? declaration : reference).Parent is
        IArgumentOperation { Parameter: { RefKind: RefKind.Out } parameter } ? parameter.OriginalDefinition : null;

    static IOperation? Behind(IOperation part, IInvocationOperation watch)
    {
        if (part is ILocalReferenceOperation local && Origin.InitialValue(local) is { } initial)
        {
            return initial;
        }

        for (IOperation? outer = watch; outer is not null; outer = outer.Parent)
        {
            // foreach (var source in sources), sources.Select(source => …)
            if (outer is IForEachLoopOperation loop && part is ILocalReferenceOperation { Local: var variable } &&
                loop.Locals.Contains(variable, SymbolEqualityComparer.Default))
            {
                return loop.Collection;
            }

            if (outer is IAnonymousFunctionOperation function && part is IParameterReferenceOperation { Parameter: var parameter } &&
                function.Symbol.Parameters.Contains(parameter, SymbolEqualityComparer.Default) &&
                Origin.Outermost(function.Parent is IDelegateCreationOperation made ? made : function).Parent
                    is IArgumentOperation { Parent: IInvocationOperation call })
            {
                return call.Instance ?? call.Arguments[0].Value;
            }
        }

        return null;
    }
}
