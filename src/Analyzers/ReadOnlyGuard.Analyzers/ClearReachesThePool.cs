using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG010: the static methods that clear pools do not reach the pool of a data source.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ClearReachesThePool : NpgsqlRule
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.IneffectiveClear);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql) => context.RegisterOperationAction(
        invocation =>
        {
            var call = (IInvocationOperation)invocation.Operation;
            if (call.TargetMethod is not { Name: "ClearPool" or "ClearAllPools" } clear || !npgsql.IsConnection(clear.ContainingType))
            {
                return;
            }

            if (clear.Name == "ClearPool" && call.Arguments.Length == 1 && Origin.Of(call.Arguments[0].Value) is { } source && npgsql.IsOfDataSource(source))
            {
                // The fix reads from it which data source that was.
                invocation.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.IneffectiveClear, call.Syntax.GetLocation(), [source.Syntax.GetLocation()]));
            }
            else if (clear.Name == "ClearAllPools" && IsMeantForDataSource(Origin.Root(call), npgsql))
            {
                invocation.ReportDiagnostic(Diagnostic.Create(Descriptors.IneffectiveClear, call.Syntax.GetLocation()));
            }
        },
        OperationKind.Invocation);

    // Where connections are made by hand, or the source is only disposed, other pools can be meant.
    static bool IsMeantForDataSource(IOperation member, NpgsqlTypes npgsql) =>
        !member.Descendants().Any(operation => operation is IObjectCreationOperation && npgsql.IsConnection(operation.Type)) &&
        member.Descendants().OfType<IInvocationOperation>().Any(call => npgsql.IsOfDataSource(call));
}
