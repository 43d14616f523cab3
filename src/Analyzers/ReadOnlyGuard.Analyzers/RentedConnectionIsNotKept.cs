using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG012: a connection is validated when it is rented; one that is kept for good never is again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class RentedConnectionIsNotKept() : RawUseRule(
    Descriptors.ConnectionKept,
    OperationKind.SimpleAssignment,
    OperationKind.CoalesceAssignment,
    OperationKind.FieldInitializer,
    OperationKind.PropertyInitializer)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var hostedServices = new NamedTypes(compilation, "Microsoft.Extensions.Hosting.IHostedService");
        bool LivesOn(ISymbol? keeper) => keeper is IFieldSymbol or IPropertySymbol &&
            (keeper.IsStatic || keeper.ContainingType.AllInterfaces.Any(hostedServices.Contain));

        return operation => operation switch
        {
            IAssignmentOperation assignment => npgsql.IsRent(Origin.Of(assignment.Value)) && LivesOn((assignment.Target as IMemberReferenceOperation)?.Member),
            IFieldInitializerOperation field => npgsql.IsRent(Origin.Of(field.Value)) && field.InitializedFields.Any(LivesOn),
            IPropertyInitializerOperation property => npgsql.IsRent(Origin.Of(property.Value)) && property.InitializedProperties.Any(LivesOn),
            _ => false,
        };
    }
}
