using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Whether somebody takes the connection string of a connection for more than a log. A raw connection says its password until it is opened,
/// a guarded one never does.
/// </summary>
static class LentConnectionString
{
    // One reading of a project is for all of its sites.
    static readonly ConditionalWeakTable<Compilation, HashSet<ISymbol>> Lenders = new();

    /// <param name="creation">Makes a connection.</param>
    public static bool IsTakenFrom(IOperation creation)
    {
        if (creation.SemanticModel is not { } model)
        {
            return true;
        }

        var value = Origin.Outermost(creation);
        if (value.Parent is IPropertyReferenceOperation { Property.Name: "ConnectionString" } own)
        {
            return IsTaken(own);
        }

        // Most connections stay in their member, and the rest of the project need not be read.
        var holders = Holders(value).ToList();
        return holders.OfType<ILocalSymbol>().Any(local => Origin.References(local, value).Any(IsRead)) ||
            holders.Any(holder => holder is not ILocalSymbol) && holders.Any(Lenders.GetValue(model.Compilation, Read).Contains);
    }

    static bool IsRead(IOperation reference) =>
        Origin.Outermost(reference).Parent is IPropertyReferenceOperation { Property.Name: "ConnectionString" } property && IsTaken(property);

    /// <summary>What holds, returns or is given the connection.</summary>
    static IEnumerable<ISymbol> Holders(IOperation value)
    {
        switch (value.Parent)
        {
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                return Origin.References(local, value).SelectMany(reference => HoldersOfUse(Origin.Outermost(reference))).Prepend(local);
            case IFieldInitializerOperation field:
                return field.InitializedFields;
            case IPropertyInitializerOperation property:
                return property.InitializedProperties;
            default:
                return HoldersOfUse(value);
        }
    }

    static IEnumerable<ISymbol> HoldersOfUse(IOperation value)
    {
        switch (value.Parent)
        {
            case ICoalesceAssignmentOperation { Target: var kept } assignment when Symbol(kept) is { } held:
                return HoldersOfUse(assignment).Prepend(held);
            case ISimpleAssignmentOperation { Target: var target } assignment when assignment.Target != value && Symbol(target) is { } symbol:
                return [symbol];
            case IArgumentOperation { Parameter: { } parameter }:
                return [parameter.OriginalDefinition];
            case ICoalesceOperation or IConditionalOperation:
                return HoldersOfUse(Origin.Outermost(value.Parent));
            case IReturnOperation when value.SemanticModel?.GetEnclosingSymbol(value.Syntax.SpanStart) is { } member:
                return WithContracts(member is IMethodSymbol { AssociatedSymbol: { } property } ? property : member);
            default:
                return [];
        }
    }

    /// <summary>The member, with what it overrides or implements.</summary>
    static IEnumerable<ISymbol> WithContracts(ISymbol member)
    {
        yield return member;
        for (var overridden = (member as IMethodSymbol)?.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            yield return overridden;
        }

        foreach (var contract in member.ContainingType?.AllInterfaces.SelectMany(contract => contract.GetMembers(member.Name)) ?? [])
        {
            if (SymbolEqualityComparer.Default.Equals(member.ContainingType!.FindImplementationForInterfaceMember(contract), member))
            {
                yield return contract;
            }
        }
    }

    static HashSet<ISymbol> Read(Compilation compilation)
    {
        var lenders = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        // Few files have the name at all.
        foreach (var tree in compilation.SyntaxTrees.Where(tree => tree.GetText().ToString().Contains("ConnectionString")))
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var token in tree.GetRoot().DescendantTokens().Where(token => token.ValueText == "ConnectionString"))
            {
                if ((model.GetOperation(token.Parent!) ?? model.GetOperation(token.Parent!.Parent!)) is IPropertyReferenceOperation { Instance: { } connection } property &&
                    IsConnection(Origin.Unwrap(connection)?.Type) && IsTaken(property))
                {
                    lenders.UnionWith(new[] { Symbol(Origin.Unwrap(connection)), Symbol(Origin.Of(connection)) }.OfType<ISymbol>());
                }
            }
        }

        return lenders;
    }

    static ISymbol? Symbol(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter.OriginalDefinition,
        IMemberReferenceOperation { Member: var member } => member.OriginalDefinition,
        IInvocationOperation call => call.TargetMethod.OriginalDefinition,
        _ => null,
    };

    static bool IsConnection(ITypeSymbol? type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (known.Name is "IDbConnection" or "DbConnection")
            {
                return true;
            }
        }

        return false;
    }

    static bool IsTaken(IPropertyReferenceOperation property) =>
        !(property.Parent is IAssignmentOperation assignment && assignment.Target == property) && !IsOnlyShown(property);

    /// <summary>A log, a message, a comparison: nothing connects with it.</summary>
    static bool IsOnlyShown(IOperation text)
    {
        while (text.Parent is IConversionOperation or IParenthesizedOperation or IBinaryOperation or IInterpolationOperation or IInterpolatedStringOperation or
            IInterpolatedStringAppendOperation or IInterpolatedStringHandlerCreationOperation or IArrayInitializerOperation or IArrayCreationOperation)
        {
            text = text.Parent;
        }

        return text.Parent switch
        {
            IExpressionStatementOperation or INameOfOperation => true,
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.Name: var type, Name: var name } } } =>
                type is "Console" or "Debug" or "Trace" or "Assert" or "ILogger" || type.StartsWith("Logger", StringComparison.Ordinal) ||
                name is "Equals" || name.StartsWith("Log", StringComparison.Ordinal),
            IArgumentOperation { Parent: IObjectCreationOperation { Type.Name: var type } } => type.EndsWith("Exception", StringComparison.Ordinal),
            _ => text.Type?.SpecialType == SpecialType.System_Boolean,
        };
    }
}
