using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// What the code shows of a connection string: constants, the constant parts of a longer string, and what is assigned to a builder in
/// sight, as <c>;Key=value</c>. What it does not show is an <see cref="Unknown"/>.
/// </summary>
static class ConnectionText
{
    public const char Unknown = '\0';

    const string Apart = ";\0";
    const int MostSteps = 16;

    /// <summary>The texts that the value can be: several where a condition or an assignment decides.</summary>
    public static IReadOnlyList<string> Of(IOperation? value) => [.. Alternatives(value, MostSteps)];

    static IEnumerable<string> Alternatives(IOperation? value, int steps) => value switch
    {
        null => [],
        // Npgsql takes null for an empty string.
        { ConstantValue: { HasValue: true, Value: string or null } constant } => [constant.Value as string ?? ""],
        IConversionOperation { OperatorMethod: null } conversion => Alternatives(conversion.Operand, steps),
        IParenthesizedOperation parenthesized => Alternatives(parenthesized.Operand, steps),
        _ when steps == 0 => [Unknown.ToString()],
        IConditionalOperation choice => Alternatives(choice.WhenTrue, steps - 1).Concat(Alternatives(choice.WhenFalse, steps - 1)),
        ICoalesceOperation choice => Alternatives(choice.Value, steps - 1).Concat(Alternatives(choice.WhenNull, steps - 1)),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Alternatives(arm.Value, steps - 1)),
        ILocalReferenceOperation local when IsString(local) => Assigned(local, steps),
        _ => [Part(value, steps)],
    };

    static IEnumerable<string> Assigned(ILocalReferenceOperation local, int steps)
    {
        var values = Mentions.Around(local).ValuesOf(local.Local);
        return values.Count == 0 ? [Unknown.ToString()] : values.SelectMany(value => Alternatives(value, values.Count == 1 ? steps - 1 : Math.Min(steps - 1, 1)));
    }

    static string Part(IOperation? value, int steps) => value switch
    {
        null => "",
        { ConstantValue: { HasValue: true, Value: { } constant } } => constant.ToString(),
        _ when steps == 0 => Unknown.ToString(),
        IConversionOperation { OperatorMethod: null } conversion => Part(conversion.Operand, steps),
        IParenthesizedOperation parenthesized => Part(parenthesized.Operand, steps),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Concatenate } sum => Part(sum.LeftOperand, steps - 1) + Part(sum.RightOperand, steps - 1),
        IInterpolatedStringOperation text => string.Concat(text.Parts.Select(part => Part(part, steps - 1))),
        IInterpolatedStringTextOperation text => Part(text.Text, steps),
        IInterpolationOperation part => Part(part.Expression, steps),
        IObjectCreationOperation builder when IsBuilder(builder.Type) => Part(builder.Arguments.FirstOrDefault()?.Value, steps - 1) + Settings(builder),
        IPropertyReferenceOperation { Property.Name: "ConnectionString", Instance: { } builder } when IsBuilder(builder.Type) => Part(builder, steps - 1),
        IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } builder } when IsBuilder(builder.Type) => Part(builder, steps - 1),
        _ when IsBuilder(value.Type) => Built(value, steps),
        ILocalReferenceOperation local when Mentions.Around(local).ValuesOf(local.Local) is { Count: 1 } only => Part(only[0], steps - 1),
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member when IsString(member) => Declared(member.Member),
        IInvocationOperation { TargetMethod: { Name: "Concat", ContainingType.SpecialType: SpecialType.System_String } } sum =>
            string.Concat(sum.Arguments.Select(argument => Part(argument.Value, steps - 1))),
        // What Format, Join or Replace make of their arguments is not known; what these say is.
        IInvocationOperation { TargetMethod.ContainingType.SpecialType: SpecialType.System_String } call =>
            Part(call.Instance, steps - 1) + Apart + string.Concat(call.Arguments.Select(argument => Part(argument.Value, steps - 1) + Apart)),
        IArrayCreationOperation { Initializer: { } elements } => string.Concat(elements.ElementValues.Select(element => Part(element, steps - 1))),
        _ => Unknown.ToString(),
    };

    /// <summary>A builder of connection strings or of data sources: what it is made with, and what is set on it in the same member.</summary>
    static string Built(IOperation builder, int steps)
    {
        var origin = NpgsqlTypes.WithoutConfiguration(builder, IsBuilder);
        var made = origin is IObjectCreationOperation creation ? Part(creation, steps - 1) : Unknown.ToString();
        return Mentions.SymbolOf(Origin.Unwrap(builder)) is { } symbol ? made + string.Concat(Mentions.Around(builder).Of(symbol).Select(Setting)) : made;
    }

    /// <summary>What one mention of a builder sets: <c>builder.Key = value</c>, <c>builder["Key"] = value</c>, <c>builder.Add("Key", value)</c>.</summary>
    static string Setting(IOperation mention)
    {
        switch (mention.Parent)
        {
            case IPropertyReferenceOperation { Property.Name: "ConnectionStringBuilder" } inner:
                return Setting(inner);
            case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation assignment } property when assignment.Target == property:
                return Setting(assignment);
            case IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 2 } call when call.Instance == mention:
                return Setting(call.Arguments[0].Value, call.Arguments[1].Value);
            // Whoever it is given to may set more.
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: false } }:
                return Apart;
            default:
                return "";
        }
    }

    static string Setting(ISimpleAssignmentOperation assignment) => assignment.Target switch
    {
        IPropertyReferenceOperation { Arguments.Length: 1 } indexer => Setting(indexer.Arguments[0].Value, assignment.Value),
        IPropertyReferenceOperation { Property.Name: "ConnectionString" } => ";" + Part(assignment.Value, 2),
        IPropertyReferenceOperation { Property.Name: var key } => $";{key}={Part(assignment.Value, 1)}",
        _ => "",
    };

    static string Setting(IOperation key, IOperation value) => $";{Part(key, 1)}={Part(value, 1)}";

    /// <summary>What an initialiser sets, or the lambda that configures a builder.</summary>
    public static string Settings(IOperation within) =>
        string.Concat(within.Descendants().OfType<ISimpleAssignmentOperation>().Where(SetsConnection).Select(Setting));

    // The settings of a host have a connection string of their own.
    static bool SetsConnection(ISimpleAssignmentOperation assignment) =>
        assignment.Target is IPropertyReferenceOperation { Property: var property } && (IsBuilder(property.ContainingType) || property.Name == "ConnectionString");

    // Of a field or property only the declaration is looked at, which can be in another file, of which no semantics are known here.
    static string Declared(ISymbol member) => string.Concat(member.DeclaringSyntaxReferences
        .SelectMany(declaration => declaration.GetSyntax().DescendantTokens())
        .Where(token => token.Text.StartsWith("\"", StringComparison.Ordinal) || token.Text.IndexOf('=') > 0 && token.Text.Any(char.IsLetter))
        .Select(token => token.ValueText)) + Apart;

    static bool IsBuilder(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name is "DbConnectionStringBuilder" or "NpgsqlDataSourceBuilder" or "NpgsqlSlimDataSourceBuilder")
            {
                return true;
            }
        }

        return false;
    }

    static bool IsString(IOperation reference) => reference.Type?.SpecialType == SpecialType.System_String;
}
