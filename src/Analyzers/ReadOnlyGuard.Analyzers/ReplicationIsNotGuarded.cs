using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG013: a replication connection is guarded by nobody. Off by default: one to a standby is legitimate.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ReplicationIsNotGuarded() : RawUseRule(
    Descriptors.ReplicationConnection, OperationKind.ObjectCreation, OperationKind.DynamicObjectCreation)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var connections = new NamedTypes(compilation, "Npgsql.Replication.ReplicationConnection");
        return creation => connections.ContainBaseOf(creation.Type);
    }
}
