using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG008: a connection string that asks for what cannot be written to does not belong into the guard.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionStringIsNotContradictory : NpgsqlRule
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.ContradictoryString);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var registrations = new NamedTypes(context.Compilation, WellKnownNames.ServiceCollectionExtensions);
        context.RegisterOperationAction(
            invocation =>
            {
                if (ConnectionString((IInvocationOperation)invocation.Operation, npgsql, registrations) is { ConstantValue: { HasValue: true, Value: string constant } } text &&
                    Contradiction(constant) is { } contradiction)
                {
                    invocation.ReportDiagnostic(Diagnostic.Create(Descriptors.ContradictoryString, text.Syntax.GetLocation(), contradiction));
                }
            },
            OperationKind.Invocation);
    }

    static IOperation? ConnectionString(IInvocationOperation call, NpgsqlTypes npgsql, NamedTypes registrations) => call.TargetMethod switch
    {
        { Name: WellKnownNames.Members.Create or WellKnownNames.Members.For } create when npgsql.IsGuard(create.ContainingType) => Named(call),
        { Name: WellKnownNames.Members.BuildWritable } build when build.ContainingNamespace.Name == "Npgsql" => npgsql.ConnectionStringOf(call),
        { Name: WellKnownNames.Members.AddDataSource or WellKnownNames.Members.AddSlimDataSource } add when registrations.Contain(add.ContainingType) => Named(call),
        _ => null,
    };

    static IOperation? Named(IInvocationOperation call) => call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "connectionString")?.Value;

    static string? Contradiction(string connectionString) =>
        StandbyConnectionString.Targets(connectionString) ? "it asks for a standby, which cannot be written to" :
        StandbyConnectionString.SetsReadOnly(connectionString) ? "default_transaction_read_only =on can never write, and =off neither detects a standby nor respects a primary that was made read-only" :
        null;
}
