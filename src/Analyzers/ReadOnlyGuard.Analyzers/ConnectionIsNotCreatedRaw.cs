using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG001: a connection made by <c>new NpgsqlConnection</c> is validated by nobody.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionIsNotCreatedRaw : NpgsqlRule
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.RawConnection);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        if (AllowRawNpgsql.Covers(context.Compilation.Assembly))
        {
            return;
        }

        context.RegisterOperationAction(
            creation =>
            {
                if (npgsql.IsConnection(creation.Operation.Type) &&
                    !TargetsStandby(creation.Operation) &&
                    !AllowRawNpgsql.Covers(creation.Operation, creation.ContainingSymbol))
                {
                    creation.ReportDiagnostic(Diagnostic.Create(Descriptors.RawConnection, creation.Operation.Syntax.GetLocation()));
                }
            },
            OperationKind.ObjectCreation,
            // What a `dynamic` argument makes of it.
            OperationKind.DynamicObjectCreation);
    }

    static bool TargetsStandby(IOperation operation) =>
        operation is IObjectCreationOperation creation &&
        ConnectionString(creation)?.ConstantValue is { HasValue: true, Value: string constant } &&
        StandbyConnectionString.Targets(constant);

    // The initialiser runs after the constructor, so what it assigns is what counts.
    static IOperation? ConnectionString(IObjectCreationOperation creation) =>
        creation.Initializer?.Initializers
            .OfType<ISimpleAssignmentOperation>()
            .LastOrDefault(assignment => assignment.Target is IPropertyReferenceOperation { Property.Name: "ConnectionString" })?.Value
        ?? creation.Arguments.FirstOrDefault()?.Value;
}
