using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Tells whether two expressions are for the same connection string: the same variable, member, constant, or entry of a configuration.</summary>
static class SameText
{
    const int MostSteps = 8;

    /// <summary>What the expression is known by, several where a local was declared with another.</summary>
    public static IEnumerable<string> Keys(IOperation? text)
    {
        for (var step = 0; step < MostSteps && Origin.Unwrap(text) is { } value; step++)
        {
            if (Key(value, MostSteps) is { } key)
            {
                yield return key;
            }

            text = value switch
            {
                ILocalReferenceOperation local => Origin.InitialValue(local),
                ICoalesceOperation choice => choice.Value,
                _ => null,
            };
        }
    }

    static string? Key(IOperation? value, int steps) => Origin.Unwrap(value) switch
    {
        _ when steps == 0 => null,
        { ConstantValue: { HasValue: true, Value: string constant } } => "=" + constant,
        ILocalReferenceOperation local => Key(local.Local),
        IParameterReferenceOperation parameter => Key(parameter.Parameter),
        IInstanceReferenceOperation => "this",
        IPropertyReferenceOperation { Arguments.Length: > 0 } entry => Key(entry.Property, entry.Instance, entry.Arguments, steps - 1),
        IMemberReferenceOperation { Instance: null } member => Key(member.Member),
        IMemberReferenceOperation { Instance: { } holder } member when Key(holder, steps - 1) is { } held => held + "." + Key(member.Member),
        IInvocationOperation call => Key(call.TargetMethod, call.Instance, call.Arguments, steps - 1),
        _ => null,
    };

    static string? Key(ISymbol member, IOperation? holder, IEnumerable<IArgumentOperation> arguments, int steps)
    {
        var parts = arguments.Select(argument => Key(argument.Value, steps)).Prepend(holder is null ? "" : Key(holder, steps)).ToList();
        return parts.Contains(null) ? null : Key(member) + "(" + string.Join(",", parts) + ")";
    }

    // Locals of one name are told by where they are declared.
    static string Key(ISymbol symbol) => symbol is ILocalSymbol or IParameterSymbol
        ? symbol.Name + "@" + symbol.Locations.FirstOrDefault()?.SourceSpan.Start
        : symbol.ToDisplayString();
}
