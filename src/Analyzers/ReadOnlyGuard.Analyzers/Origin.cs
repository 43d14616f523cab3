using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Where a value comes from, as far as the code around it shows.</summary>
static class Origin
{
    // Half-typed code can declare a local by itself.
    const int MostLocals = 8;

    // A connection string has fewer; a chain of calls in machine-made code can have thousands, each of which asks.
    const int MostParts = 200;

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

    /// <summary>The value with the conversions and parentheses around it.</summary>
    public static IOperation Outermost(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value;
    }

    /// <summary>What an operation is made of: itself, its arguments before its receiver, and what their locals are declared with.</summary>
    public static IEnumerable<IOperation> Parts(IOperation operation) => Enumerable.Reverse(operation.ChildOperations)
        .SelectMany(child => child.DescendantsAndSelf())
        .Prepend(operation)
        .SelectMany(part => part is ILocalReferenceOperation && Of(part) is { } declared ? declared.DescendantsAndSelf().Prepend(part) : [part])
        .Take(MostParts);

    /// <summary>What the local is declared with, or <see langword="null"/> where it is assigned again or not there.</summary>
    public static IOperation? InitialValue(ILocalReferenceOperation reference) => Mentions.Around(reference).InitialValue(reference.Local);

    /// <summary>All uses of the local.</summary>
    /// <param name="local">The local.</param>
    /// <param name="member">Any operation of the member that declares it.</param>
    public static IReadOnlyList<IOperation> References(ILocalSymbol local, IOperation member) => Mentions.Around(member).Of(local);

    /// <summary>The outermost operation: the whole member, or initialiser.</summary>
    public static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
