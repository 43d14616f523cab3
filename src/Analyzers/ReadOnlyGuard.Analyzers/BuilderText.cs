using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>What the code sets on a builder: of connection strings, of data sources, or of plain text.</summary>
static class BuilderText
{
    // A builder has fewer; machine-made code can have thousands, and each of its uses asks.
    const int MostSettings = 200;

    // Those of one member that set something: each of the builder's uses asks.
    static readonly PerMember<ConcurrentDictionary<ISymbol, List<(IOperation Mention, string Text)>>> OfMember = new(_ => new(SymbolEqualityComparer.Default));

    /// <summary>A builder of connection strings or of data sources: what it is made with, and what is set on it in the same member or in its type.</summary>
    public static string Of(IOperation builder, int steps)
    {
        var configured = "";
        var origin = NpgsqlTypes.WithoutConfiguration(builder, ConnectionText.IsBuilder, method => configured += DeclaredIn(method));
        var made = origin switch
        {
            IObjectCreationOperation creation => ConnectionText.PartOf(creation, steps - 1),
            IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member => ConnectionText.OneOf(DeclaredText.Of(member.Member.OriginalDefinition)),
            IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } method } => DeclaredIn(method),
            _ => ConnectionText.Unknown.ToString(),
        };
        return Mentions.SymbolOf(Origin.Unwrap(builder)) is { } symbol ? made + Set(symbol, builder, origin, Setting) : made + configured;
    }

    // A method of another assembly sets what it likes, and most set no connection.
    static string DeclaredIn(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences.IsEmpty ? "" : ConnectionText.OneOf(DeclaredText.Of(method.OriginalDefinition));

    /// <summary>What a <c>StringBuilder</c> is made of.</summary>
    public static string Appended(IOperation text, int steps) => Origin.Unwrap(text) switch
    {
        IInvocationOperation { Instance: { } inner } append => Appended(inner, steps) + Arguments(append),
        IObjectCreationOperation creation => string.Concat(creation.Arguments.Select(argument => ConnectionText.PartOf(argument.Value, 1))),
        ILocalReferenceOperation local when steps > 0 =>
            (Origin.InitialValue(local) is { } made ? Appended(made, steps - 1) : ConnectionText.Unknown.ToString()) +
            Set(local.Local, local, Origin.InitialValue(local), AppendedTo),
        _ => ConnectionText.Unknown.ToString(),
    };

    /// <summary>What an initialiser sets, or the lambda that configures a builder.</summary>
    public static string Settings(IOperation within) =>
        string.Concat(within.Descendants().OfType<ISimpleAssignmentOperation>().Where(SetsConnection).Select(Setting));

    static string Set(ISymbol builder, IOperation use, IOperation? made, Func<IOperation, string> read)
    {
        var settings = OfMember.Of(use).GetOrAdd(builder, symbol => Mentions.Around(use).Of(symbol)
            .Select(mention => (mention, read(mention)))
            .Where(setting => setting.Item2.Length > 0)
            .Take(MostSettings)
            .ToList());
        return string.Concat(settings.Select(setting => IsCertain(setting.Mention, use, made) ? setting.Text : ConnectionText.OneOf([setting.Text, ""])));
    }

    /// <summary>Whether what the mention does was done wherever the builder is used.</summary>
    static bool IsCertain(IOperation mention, IOperation use, IOperation? made)
    {
        for (var outer = mention.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IConditionalOperation or ISwitchCaseOperation or ISwitchExpressionArmOperation or ICatchClauseOperation &&
                !Contains(outer, use) && !(made is not null && Contains(outer, made)))
            {
                return false;
            }
        }

        return true;
    }

    static bool Contains(IOperation outer, IOperation inner) => outer.Syntax.Span.Contains(inner.Syntax.Span);

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
            // A method of the project: what it sets is in its text, but not whether it does.
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } method } }:
                return ConnectionText.OneOf([.. DeclaredText.Of(method.OriginalDefinition), ""]);
            // Whoever it is given to may set more.
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: false } }:
                return ConnectionText.Apart;
            default:
                return "";
        }
    }

    static string Setting(ISimpleAssignmentOperation assignment) => assignment.Target switch
    {
        IPropertyReferenceOperation { Arguments.Length: 1 } indexer => Setting(indexer.Arguments[0].Value, assignment.Value),
        IPropertyReferenceOperation { Property.Name: "ConnectionString" } => ";" + ConnectionText.PartOf(assignment.Value, 2),
        IPropertyReferenceOperation { Property.Name: var key } => $";{key}={ConnectionText.PartOf(assignment.Value, 1)}",
        _ => "",
    };

    static string Setting(IOperation key, IOperation value) => $";{ConnectionText.PartOf(key, 1)}={ConnectionText.PartOf(value, 1)}";

    static string AppendedTo(IOperation mention)
    {
        var text = "";
        for (var call = mention.Parent as IInvocationOperation; call?.TargetMethod.ContainingType.Name == "StringBuilder"; call = call.Parent as IInvocationOperation)
        {
            text += Arguments(call);
        }

        return text;
    }

    static string Arguments(IInvocationOperation append) =>
        append.TargetMethod.Name == "ToString" ? "" : string.Concat(append.Arguments.Select(argument => ConnectionText.PartOf(argument.Value, 1)));

    // The settings of a host have a connection string of their own.
    static bool SetsConnection(ISimpleAssignmentOperation assignment) =>
        assignment.Target is IPropertyReferenceOperation { Property: var property } &&
        (ConnectionText.IsBuilder(property.ContainingType) || property.Name == "ConnectionString");
}
