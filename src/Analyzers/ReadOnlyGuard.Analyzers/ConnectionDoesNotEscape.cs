using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG006: a copy of a guarded connection is validated by nobody, and the guard's connection string has no password.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionDoesNotEscape() : RawUseRule(Descriptors.Escape, OperationKind.Invocation, OperationKind.PropertyReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options) => operation => operation switch
    {
        IInvocationOperation call => IsCopy(call, npgsql) || Reconnects(call, npgsql),
        IPropertyReferenceOperation { Property.Name: "ConnectionString" } property => IsOfGuard(property, npgsql) && (IsSet(property) || ReachesConnection(property, npgsql)),
        _ => false,
    };

    static bool IsCopy(IInvocationOperation call, NpgsqlTypes npgsql) => call.TargetMethod switch
    {
        { Name: "CloneWith" or "CloneWithAsync" } clone => npgsql.IsConnection(clone.ContainingType),
        { Name: "Clone", ContainingType: { Name: nameof(ICloneable), ContainingNamespace.Name: nameof(System) } } => npgsql.IsConnection(Origin.Unwrap(call.Instance)?.Type),
        _ => false,
    };

    // Npgsql opens it anew, from a pool that belongs to no data source.
    static bool Reconnects(IInvocationOperation call, NpgsqlTypes npgsql) =>
        call.TargetMethod.Name is "ChangeDatabase" or "ChangeDatabaseAsync" &&
        Origin.Of(call.Instance) is IInvocationOperation source && npgsql.IsOfDataSource(source) && npgsql.IsGuard(source.TargetMethod.ContainingType);

    static bool IsSet(IPropertyReferenceOperation property) => property.Parent is IAssignmentOperation assignment && assignment.Target == property;

    /// <summary>Whether a connection string is, or holds, that of a guarded source, so that this rule reports what is made from it.</summary>
    internal static bool IsBorrowed(IOperation? connectionString, NpgsqlTypes npgsql) =>
        Origin.Of(connectionString) is { } text &&
        text.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property.Name: "ConnectionString" } property && IsOfGuard(property, npgsql));

    static bool IsOfGuard(IPropertyReferenceOperation property, NpgsqlTypes npgsql) =>
        npgsql.IsGuard(Origin.Unwrap(property.Instance)?.Type) ||
        Origin.Of(property.Instance) is IInvocationOperation source && npgsql.IsGuard(source.TargetMethod.ContainingType);

    /// <summary>
    /// Whether another connection is made from the connection string of this one. A raw connection says its password until it is opened,
    /// a guarded one never does.
    /// </summary>
    internal static bool IsLent(IOperation connection, NpgsqlTypes npgsql)
    {
        var value = Origin.Outermost(connection);
        if (value.Parent is IPropertyReferenceOperation { Property.Name: "ConnectionString" } own)
        {
            return ReachesConnection(own, npgsql);
        }

        var holder = value.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => local,
            ISimpleAssignmentOperation { Target: var target } => SymbolOf(target),
            IFieldInitializerOperation { InitializedFields: { Length: 1 } fields } => fields[0],
            IPropertyInitializerOperation { InitializedProperties: { Length: 1 } properties } => properties[0],
            _ => null,
        };
        return holder is not null && connection.SemanticModel is { } model && connection.Syntax.SyntaxTree.GetRoot().DescendantTokens()
            .Where(token => token.ValueText == "ConnectionString")
            .Select(token => model.GetOperation(token.Parent!) ?? model.GetOperation(token.Parent!.Parent!))
            .OfType<IPropertyReferenceOperation>()
            .Any(property => SymbolEqualityComparer.Default.Equals(SymbolOf(Origin.Unwrap(property.Instance)), holder) && !IsSet(property) && ReachesConnection(property, npgsql));
    }

    static ISymbol? SymbolOf(IOperation? reference) => reference switch
    {
        ILocalReferenceOperation local => local.Local,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };

    /// <summary>Whether another connection or data source is made from the text.</summary>
    internal static bool ReachesConnection(IOperation connectionString, NpgsqlTypes npgsql)
    {
        var text = Whole(connectionString);
        return text.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }
            ? Origin.References(local, Origin.Root(text)).Any(reference => MakesConnection(Whole(reference), npgsql))
            : MakesConnection(text, npgsql);
    }

    /// <summary>The text that a part of it goes into: a concatenation, an interpolation.</summary>
    static IOperation Whole(IOperation part)
    {
        while (part.Parent is IConversionOperation or IParenthesizedOperation or IBinaryOperation or IInterpolationOperation or IInterpolatedStringOperation)
        {
            part = part.Parent;
        }

        return part;
    }

    static bool MakesConnection(IOperation text, NpgsqlTypes npgsql) => text.Parent switch
    {
        IArgumentOperation { Parent: IObjectCreationOperation creation } => npgsql.IsConnection(creation.Type) || npgsql.IsBuilder(creation.Type),
        IArgumentOperation { Parent: IInvocationOperation call } => npgsql.CreatesRawDataSource(call) || npgsql.CreatesGuard(call),
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "ConnectionString", ContainingType: var owner } } } => npgsql.IsConnection(owner),
        _ => false,
    };
}
