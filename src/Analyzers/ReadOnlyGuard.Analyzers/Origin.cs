using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Where a value comes from, as far as the code around it shows.</summary>
static class Origin
{
    // Half-typed code can declare a local by itself.
    const int MostLocals = 8;

    /// <summary>The value through await, conversions and locals that are assigned only where they are declared.</summary>
    public static IOperation? Of(IOperation? value)
    {
        for (var locals = 0; locals < MostLocals; locals++)
        {
            value = Unwrap(value);
            if (value is not ILocalReferenceOperation local || InitialValue(local) is not { } initial)
            {
                return value;
            }

            value = initial;
        }

        return null;
    }

    /// <summary>The value without await, <c>ConfigureAwait</c>, <c>AsTask</c>, built-in conversions and parentheses.</summary>
    public static IOperation? Unwrap(IOperation? value)
    {
        while (true)
        {
            switch (value)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    value = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    value = parenthesized.Operand;
                    break;
                case IAwaitOperation awaited:
                    value = awaited.Operation;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult", Instance: { } task }:
                    value = task;
                    break;
                case IPropertyReferenceOperation { Property: { Name: "Result", ContainingType.Name: "Task" or "ValueTask" }, Instance: { } task }:
                    value = task;
                    break;
                default:
                    return value;
            }
        }
    }

    /// <summary>What the local is declared with, or <see langword="null"/> where it is assigned again or not there.</summary>
    public static IOperation? InitialValue(ILocalReferenceOperation reference)
    {
        IOperation? initial = null;
        foreach (var operation in Root(reference).Descendants())
        {
            switch (operation)
            {
                case ILocalReferenceOperation other when IsSame(other.Local, reference.Local) && IsWritten(other):
                    return null;
                case IVariableDeclaratorOperation declarator when IsSame(declarator.Symbol, reference.Local):
                    initial = declarator.GetVariableInitializer()?.Value;
                    break;
            }
        }

        return initial;
    }

    public static IEnumerable<ILocalReferenceOperation> References(ILocalSymbol local, IOperation within) =>
        within.Descendants().OfType<ILocalReferenceOperation>().Where(reference => IsSame(reference.Local, local));

    /// <summary>The outermost operation: the whole member, or initialiser.</summary>
    public static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    static bool IsSame(ILocalSymbol one, ILocalSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    static bool IsWritten(ILocalReferenceOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        IIncrementOrDecrementOperation or ITupleOperation { Parent: IDeconstructionAssignmentOperation } => true,
        _ => false,
    };
}
