using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// ROG002: the connections of an <c>NpgsqlDataSource</c> are validated by nobody. Reported once, where it is made: whoever is given one
/// cannot tell it from a guarded one.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class DataSourceIsNotRaw() : RawUseRule(Descriptors.RawDataSource, OperationKind.Invocation, OperationKind.MethodReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var watched = new WatchedSource(compilation);
        return operation => operation switch
        {
            IInvocationOperation call =>
                npgsql.CreatesRawDataSource(call.TargetMethod) &&
                !StandbyConnectionString.IsAskedForIn(npgsql.SettingsOf(call)) &&
                !IsUsedForStandbyOnly(call) &&
                !ConnectionDoesNotEscape.IsBorrowed(npgsql.ConnectionStringOf(call), npgsql) &&
                !watched.Is(call),
            // A delegate is made of it: Func<string, NpgsqlDataSource> make = NpgsqlDataSource.Create.
            IMethodReferenceOperation { Parent: IDelegateCreationOperation } group =>
                npgsql.CreatesRawDataSource(group.Method) &&
                !StandbyConnectionString.IsAskedForIn(group.Instance) &&
                !ConnectionDoesNotEscape.IsBorrowed(npgsql.ConnectionStringOfBuilder(group.Instance), npgsql) &&
                !watched.Is(group),
            _ => false,
        };
    }

    static bool IsUsedForStandbyOnly(IOperation creation)
    {
        var value = Origin.Outermost(creation);
        if (value.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } })
        {
            var uses = Origin.References(local, creation).Select(Use).Where(use => !IsDisposal(use)).ToList();
            return uses.Count > 0 && uses.All(StandbySession.IsAskedFor);
        }

        return StandbySession.IsAskedFor(Use(value));
    }

    /// <summary>The call on a value, or <see langword="null"/> where it is used otherwise.</summary>
    static IInvocationOperation? Use(IOperation value) => value.Parent is IInvocationOperation call && call.Instance == value ? call : null;

    static bool IsDisposal(IInvocationOperation? use) => use?.TargetMethod.Name is "Dispose" or "DisposeAsync";
}
