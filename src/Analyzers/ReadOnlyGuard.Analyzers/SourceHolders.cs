using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>What holds a new data source, or returns it, as far as the member that makes it shows.</summary>
sealed class SourceHolders(Func<IInvocationOperation, bool> isWatch)
{
    public HashSet<ISymbol> Symbols { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Whether it is what a container makes, without a key.</summary>
    public bool IsRegistered { get; private set; }

    /// <summary>Whether the value goes straight into a watcher; if not, <see cref="Symbols"/> gets what holds it then.</summary>
    public bool AreGivenTo(IOperation value)
    {
        var outer = value is IMethodReferenceOperation ? Maker(value) : value;
        while (outer.Parent is { } parent && Passes(outer, parent))
        {
            outer = parent;
            if (outer is IAssignmentOperation { Target: var target } && SymbolOf(target) is { } assigned)
            {
                Symbols.Add(assigned);
            }
        }

        switch (outer.Parent)
        {
            case IArgumentOperation { Parent: IInvocationOperation call } argument:
                return isWatch(call) || IsKept(argument, call);
            case IArgumentOperation { Parent: IObjectCreationOperation, Parameter: { } parameter }:
                Symbols.Add(parameter.OriginalDefinition);
                return false;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                // Half-typed code can declare a local by itself.
                return Symbols.Add(local) && Origin.References(local, outer).Any(AreGivenTo);
            case IFieldInitializerOperation field:
                Symbols.UnionWith(field.InitializedFields);
                return false;
            case IPropertyInitializerOperation property:
                Symbols.UnionWith(property.InitializedProperties);
                return false;
            case ITupleOperation { Parent: IConversionOperation or IDeconstructionAssignmentOperation } tuple when Deconstructed(outer, tuple) is { } target:
                return Symbols.Add(target) && false;
            case IReturnOperation result:
                return IsReturned(result);
            default:
                return false;
        }
    }

    public static ISymbol? SymbolOf(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IDeclarationExpressionOperation declaration => SymbolOf(declaration.Expression),
        IParameterReferenceOperation parameter => parameter.Parameter.OriginalDefinition,
        IPropertyReferenceOperation { Arguments.Length: > 0, Instance: { } holder } => SymbolOf(holder),
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member => member.Member,
        IInvocationOperation call => call.TargetMethod,
        _ => null,
    };

    // Of a compiler newer than the one that the rules are built for.
    const OperationKind CollectionExpression = (OperationKind)127;

    /// <summary>Whether the outer operation has the value, or holds it among others.</summary>
    static bool Passes(IOperation value, IOperation outer) => outer switch
    {
        IConversionOperation or IParenthesizedOperation or ICoalesceOperation or IConditionalOperation or IAssignmentOperation => true,
        IArrayInitializerOperation or IArrayCreationOperation => true,
        // What the oldest compiler has for a collection expression is no known operation.
        { Kind: OperationKind.None or CollectionExpression } => true,
        IArgumentOperation { Parent: IInvocationOperation call } argument => IsOfSequence(call) && call.Arguments[0] == argument,
        IInvocationOperation call => IsOfSequence(call),
        _ => false,
    };

    static bool IsOfSequence(IInvocationOperation call) => call.TargetMethod.ContainingType is { Name: "Enumerable", ContainingNamespace.Name: "Linq" };

    /// <summary>A collection, or a method of the project: the watcher may be given what these have.</summary>
    bool IsKept(IArgumentOperation argument, IInvocationOperation call)
    {
        if (call.TargetMethod.Name is "Add" or "TryAdd" or "Enqueue" or "Push" or "GetOrAdd" && SymbolOf(call.Instance) is { } collection)
        {
            Symbols.Add(collection);
        }
        else if (argument.Parameter is { DeclaringSyntaxReferences.IsEmpty: false } parameter)
        {
            Symbols.Add(parameter.OriginalDefinition);
        }

        return false;
    }

    static ISymbol? Deconstructed(IOperation element, ITupleOperation tuple)
    {
        var assignment = Origin.Outermost(tuple).Parent as IDeconstructionAssignmentOperation;
        var target = assignment?.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : assignment?.Target;
        return target is ITupleOperation targets && targets.Elements.Length == tuple.Elements.Length
            ? SymbolOf(targets.Elements[tuple.Elements.IndexOf(element)])
            : null;
    }

    bool IsReturned(IReturnOperation result)
    {
        for (var outer = result.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation)
            {
                return IsMade(Maker(outer));
            }

            if (outer is ILocalFunctionOperation local)
            {
                return Symbols.Add(local.Symbol) && false;
            }
        }

        if (result.SemanticModel?.GetEnclosingSymbol(result.Syntax.SpanStart) is { } member)
        {
            Symbols.Add(member is IMethodSymbol { AssociatedSymbol: { } property } ? property : member);
        }

        return false;
    }

    bool IsMade(IOperation maker)
    {
        if (maker.Parent is not IInvocationOperation call)
        {
            return AreGivenTo(maker);
        }

        IsRegistered |= call.TargetMethod.Name.IndexOf("Keyed", StringComparison.Ordinal) < 0 &&
            Origin.Unwrap(call.Instance ?? call.Arguments.FirstOrDefault()?.Value)?.Type?.Name == "IServiceCollection";
        return (IsOfSequence(call) || call.TargetMethod.Name == "GetOrAdd") &&
            (AreGivenTo(call) || maker is IArgumentOperation argument && IsKept(argument, call));
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
}
