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

    /// <summary>Between what is known, where more can stand.</summary>
    public const string Apart = ";\0";

    /// <summary>Stands in a text of which a part may not be there.</summary>
    public const char Perhaps = '\u0001';

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
        _ => Kept(value, steps) ?? [Part(value, steps)],
    };

    /// <summary>The texts that a variable, a member or a method of the project can hold or return; <see langword="null"/> for other values.</summary>
    static IEnumerable<string>? Kept(IOperation value, int steps) => value switch
    {
        _ when value.Type?.SpecialType != SpecialType.System_String => null,
        ILocalReferenceOperation local when Assigned(local, local.Local, steps) is { Count: > 0 } texts => texts,
        IParameterReferenceOperation parameter => [Unknown.ToString(), .. Default(parameter.Parameter), .. Assigned(parameter, parameter.Parameter, steps)],
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member when !IsBuilder(member.Instance?.Type) => DeclaredText.Of(member.Member.OriginalDefinition),
        IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } method } call =>
            DeclaredText.Of(method.OriginalDefinition).Select(text => text + string.Concat(call.Arguments.Select(argument => Apart + Part(argument.Value, steps - 1)))),
        _ => null,
    };

    static List<string> Assigned(IOperation reference, ISymbol variable, int steps)
    {
        var values = Mentions.Around(reference).ValuesOf(variable);
        return
        [
            .. values.SelectMany(value => Alternatives(value, values.Count == 1 ? steps - 1 : Math.Min(steps - 1, 1))
                .Select(text => value.Parent is ICompoundAssignmentOperation ? Unknown + text : text)),
        ];
    }

    static IEnumerable<string> Default(IParameterSymbol parameter) =>
        parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: string text } ? [text] : [];

    static string Part(IOperation? value, int steps) => value switch
    {
        null => "",
        IFieldReferenceOperation { Field: { ContainingType.TypeKind: TypeKind.Enum, Name: var name } } => name,
        { ConstantValue: { HasValue: true, Value: { } constant } } => constant.ToString(),
        _ when steps == 0 => Unknown.ToString(),
        IConversionOperation { OperatorMethod: null } conversion => Part(conversion.Operand, steps),
        IParenthesizedOperation parenthesized => Part(parenthesized.Operand, steps),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Concatenate } sum => Part(sum.LeftOperand, steps - 1) + Part(sum.RightOperand, steps - 1),
        IInterpolatedStringOperation text => string.Concat(text.Parts.Select(part => Part(part, steps - 1))),
        IInterpolatedStringTextOperation text => Part(text.Text, steps),
        IInterpolationOperation part => Part(part.Expression, steps),
        IInterpolatedStringHandlerCreationOperation handler => Part(handler.Content, steps),
        IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation append } => Part(append.Arguments.FirstOrDefault()?.Value, steps - 1),
        IObjectCreationOperation builder when IsBuilder(builder.Type) => Part(builder.Arguments.FirstOrDefault()?.Value, steps - 1) + BuilderText.Settings(builder),
        IPropertyReferenceOperation { Property.Name: "ConnectionString", Instance: { } builder } when IsBuilder(builder.Type) => Part(builder, steps - 1),
        IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } builder } when IsBuilder(builder.Type) => Part(builder, steps - 1),
        IInvocationOperation { TargetMethod.Name: "ToString", Instance: { Type.Name: "StringBuilder" } text } => BuilderText.Appended(text, steps - 1),
        IInvocationOperation { TargetMethod.Name: "ToString", Instance: IFieldReferenceOperation { Field.ContainingType.TypeKind: TypeKind.Enum } name } => Part(name, steps),
        _ when IsBuilder(value.Type) => BuilderText.Of(value, steps),
        IInvocationOperation { TargetMethod: { Name: "Concat", ContainingType.SpecialType: SpecialType.System_String } } sum =>
            string.Concat(sum.Arguments.Select(argument => Part(argument.Value, steps - 1))),
        // What Format, Join or Replace make of their arguments is not known; what these say is.
        IInvocationOperation { TargetMethod.ContainingType: { SpecialType: SpecialType.System_String } or { Name: "FormattableString" } } call =>
            Part(call.Instance, steps - 1) + Apart + string.Concat(call.Arguments.Select(argument => Part(argument.Value, steps - 1) + Apart)),
        IArrayCreationOperation { Initializer: { } elements } => string.Concat(elements.ElementValues.Select(element => Part(element, steps - 1))),
        _ => Kept(value, steps - 1) is { } texts ? OneOf([.. texts]) : Unknown.ToString(),
    };

    /// <summary>As <see cref="Of"/>, where the text is a part of a longer one.</summary>
    public static string PartOf(IOperation? value, int steps) => Part(value, steps);

    /// <summary>One text for several: with all that they say, but what decides about a standby is not known.</summary>
    public static string OneOf(IReadOnlyList<string> texts) => texts.Count == 1
        ? texts[0]
        : string.Concat(texts.Select(text => text + Apart)) + Perhaps + (texts.Any(text => StandbyConnectionString.Request(text) != false) ? StandbyConnectionString.Undecided : "");

    /// <summary>Whether the type builds connection strings, or data sources from one.</summary>
    public static bool IsBuilder(ITypeSymbol? type)
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
}
