using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG002: the connections of an <c>NpgsqlDataSource</c> are validated by nobody.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class DataSourceIsNotRaw() : RawUseRule(Descriptors.RawDataSource, OperationKind.Invocation, OperationKind.MethodReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options) => operation =>
        operation is IMethodReferenceOperation group ? IsFactory(group, npgsql) :
        operation is IInvocationOperation call &&
        (npgsql.CreatesRawDataSource(call)
            ? !IsForStandby(call, npgsql) && !ConnectionDoesNotEscape.IsBorrowed(npgsql.ConnectionStringOf(call), npgsql)
            : npgsql.OpensRawDataSource(call) && IsFromElsewhere(call, npgsql));

    /// <summary>Whether a delegate is made of a method that creates a source: <c>Func&lt;string, NpgsqlDataSource&gt; make = NpgsqlDataSource.Create</c>.</summary>
    static bool IsFactory(IMethodReferenceOperation group, NpgsqlTypes npgsql) =>
        npgsql.CreatesRawDataSource(group.Method) &&
        group.Parent is IDelegateCreationOperation &&
        !(npgsql.ConnectionStringOfBuilder(group.Instance)?.ConstantValue is { HasValue: true, Value: string constant } && StandbyConnectionString.Targets(constant));

    static bool IsForStandby(IInvocationOperation creation, NpgsqlTypes npgsql) =>
        npgsql.ConnectionStringOf(creation)?.ConstantValue is { HasValue: true, Value: string constant } && StandbyConnectionString.Targets(constant) ||
        IsUsedForStandbyOnly(creation);

    /// <summary>Whether the source is not one that is created, and so reported, in sight; nor one for standbys.</summary>
    static bool IsFromElsewhere(IInvocationOperation open, NpgsqlTypes npgsql) =>
        !StandbySession.IsAskedFor(open) &&
        !(Origin.Of(open.Instance) is IInvocationOperation source && (npgsql.CreatesRawDataSource(source) || StandbySession.IsAskedFor(source)));

    static bool IsUsedForStandbyOnly(IOperation creation)
    {
        var value = creation;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        if (value.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } })
        {
            var uses = Origin.References(local, Origin.Root(creation)).Select(Use).Where(use => !IsDisposal(use)).ToList();
            return uses.Count > 0 && uses.All(StandbySession.IsAskedFor);
        }

        return StandbySession.IsAskedFor(Use(value));
    }

    /// <summary>The call on a value, or <see langword="null"/> where it is used otherwise.</summary>
    static IInvocationOperation? Use(IOperation value) => value.Parent is IInvocationOperation call && call.Instance == value ? call : null;

    static bool IsDisposal(IInvocationOperation? use) => use?.TargetMethod.Name is "Dispose" or "DisposeAsync";
}
