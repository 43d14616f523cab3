using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG006: a copy of a guarded connection is validated by nobody, and the guard's connection string has no password.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionDoesNotEscape() : RawUseRule(
    Descriptors.Escape, OperationKind.Invocation, OperationKind.MethodReference, OperationKind.PropertyReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options) => operation => operation switch
    {
        IInvocationOperation call => IsCopy(call.TargetMethod, call.Instance, npgsql) || Reconnects(call.TargetMethod, call.Instance, npgsql),
        IMethodReferenceOperation { Parent: IDelegateCreationOperation } group => IsCopy(group.Method, group.Instance, npgsql) || Reconnects(group.Method, group.Instance, npgsql),
        IPropertyReferenceOperation { Property.Name: "ConnectionString" } property => IsOfGuard(property, npgsql) && (IsSet(property) || ReachesConnection(property, npgsql)),
        _ => false,
    };

    static bool IsCopy(IMethodSymbol method, IOperation? connection, NpgsqlTypes npgsql) => method switch
    {
        { Name: "CloneWith" or "CloneWithAsync" } clone => npgsql.IsConnection(clone.ContainingType),
        { Name: "Clone", ContainingType: { Name: nameof(ICloneable), ContainingNamespace.Name: nameof(System) } } => npgsql.IsConnection(Origin.Unwrap(connection)?.Type),
        _ => false,
    };

    // Npgsql opens it anew, from a pool that belongs to no data source.
    static bool Reconnects(IMethodSymbol method, IOperation? connection, NpgsqlTypes npgsql) =>
        method.Name is "ChangeDatabase" or "ChangeDatabaseAsync" &&
        Origin.Of(connection) is IInvocationOperation source && npgsql.IsOfDataSource(source) && npgsql.IsGuard(source.TargetMethod.ContainingType);

    static bool IsSet(IPropertyReferenceOperation property) => property.Parent is IAssignmentOperation assignment && assignment.Target == property;

    /// <summary>Whether a connection string is, or holds, that of a guarded source, so that this rule reports what is made from it.</summary>
    internal static bool IsBorrowed(IOperation? connectionString, NpgsqlTypes npgsql) =>
        Origin.Of(connectionString) is { } text &&
        text.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property.Name: "ConnectionString" } property && IsOfGuard(property, npgsql));

    static bool IsOfGuard(IPropertyReferenceOperation property, NpgsqlTypes npgsql) =>
        npgsql.IsGuard(Origin.Unwrap(property.Instance)?.Type) ||
        Origin.Of(property.Instance) is IInvocationOperation source && npgsql.IsGuard(source.TargetMethod.ContainingType);

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

    // UseWritableNpgsql, AddWritableNpgsqlDataSource.
    static bool IsForGuard(IMethodSymbol method) => method.Name.Contains("WritableNpgsql");

    static bool MakesConnection(IOperation text, NpgsqlTypes npgsql) => text.Parent switch
    {
        IArgumentOperation { Parent: IObjectCreationOperation creation } => npgsql.IsConnection(creation.Type) || npgsql.IsBuilder(creation.Type),
        IArgumentOperation { Parent: IInvocationOperation call } => npgsql.CreatesRawDataSource(call) || npgsql.CreatesGuard(call) || IsForGuard(call.TargetMethod),
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "ConnectionString", ContainingType: var owner } } } => npgsql.IsConnection(owner),
        _ => false,
    };
}
