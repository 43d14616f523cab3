using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which calls on a data source for several hosts ask for a standby, which need not be written to.</summary>
static class StandbySession
{
    public static bool IsAskedFor(IInvocationOperation? call) => call is not null && call.Arguments.Any(argument =>
        Origin.Unwrap(argument.Value) is IFieldReferenceOperation
        {
            Field: { Name: "Standby" or "PreferStandby" or "ReadOnly", ContainingType.Name: "TargetSessionAttributes" },
        });
}
