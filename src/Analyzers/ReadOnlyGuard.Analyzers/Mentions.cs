using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Where one member mentions its locals, parameters and fields. Read once for each member, however many of its statements ask.</summary>
sealed class Mentions
{
    static readonly ConditionalWeakTable<IOperation, Mentions> Known = new();

    readonly Dictionary<ISymbol, List<IOperation>> _mentions = new(SymbolEqualityComparer.Default);
    readonly Dictionary<ISymbol, List<IOperation>> _values = new(SymbolEqualityComparer.Default);

    Mentions(IOperation member)
    {
        foreach (var operation in member.Descendants())
        {
            if (SymbolOf(operation) is { } mentioned)
            {
                Add(_mentions, mentioned, operation);
            }

            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer()?.Value is { } initial:
                    Add(_values, declarator.Symbol, initial);
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target } assignment:
                    Add(_values, target.Local, assignment.Value);
                    break;
            }
        }
    }

    /// <summary>Those in the member that the operation is part of.</summary>
    public static Mentions Around(IOperation operation) => Known.GetValue(Origin.Root(operation), static member => new(member));

    public IReadOnlyList<IOperation> Of(ISymbol symbol) => _mentions.TryGetValue(symbol, out var mentions) ? mentions : [];

    /// <summary>Everything that the member assigns to the local, where it declares it too.</summary>
    public IReadOnlyList<IOperation> ValuesOf(ILocalSymbol local) => _values.TryGetValue(local, out var values) ? values : [];

    public static ISymbol? SymbolOf(IOperation? reference) => reference switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };

    static void Add(Dictionary<ISymbol, List<IOperation>> lists, ISymbol symbol, IOperation operation)
    {
        if (!lists.TryGetValue(symbol, out var list))
        {
            lists[symbol] = list = [];
        }

        list.Add(operation);
    }
}
