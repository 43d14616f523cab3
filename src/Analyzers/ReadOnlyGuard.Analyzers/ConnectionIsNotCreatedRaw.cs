using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG001: a connection made by <c>new NpgsqlConnection</c> is validated by nobody.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionIsNotCreatedRaw() : RawUseRule(
    Descriptors.RawConnection,
    OperationKind.ObjectCreation,
    // What a `dynamic` argument makes of it.
    OperationKind.DynamicObjectCreation)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var watched = new WatchedSource(compilation);
        return creation =>
            npgsql.IsConnection(creation.Type) &&
            !(creation is IObjectCreationOperation known && ConnectionString(known) is var connectionString && (
                StandbyConnectionString.IsAskedForIn(connectionString) ||
                ConnectionDoesNotEscape.IsBorrowed(connectionString, npgsql) ||
                watched.IsPoolOf(connectionString)));
    }

    // The initialiser runs after the constructor, so what it assigns is what counts.
    static IOperation? ConnectionString(IObjectCreationOperation creation) =>
        creation.Initializer?.Initializers
            .OfType<ISimpleAssignmentOperation>()
            .LastOrDefault(assignment => assignment.Target is IPropertyReferenceOperation { Property.Name: "ConnectionString" })?.Value
        ?? creation.Arguments.FirstOrDefault()?.Value;
}
