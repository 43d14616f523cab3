using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG010: the static methods that clear pools do not reach the pool of a data source, guarded or not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ClearReachesThePool : NpgsqlRule
{
    /// <summary>Marks, in a diagnostic's properties, a call that leaves out the guarded sources of the project.</summary>
    internal const string OfGuards = "guards";

    const string ClearAllOfGuards = WellKnownNames.WritableDataSource + "." + WellKnownNames.Members.ClearAll;

    static readonly ImmutableDictionary<string, string?> OfGuardsProperties = ImmutableDictionary<string, string?>.Empty.Add(OfGuards, null);

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.IneffectiveClear);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var guards = new GuardedProject(context.Compilation);
        context.RegisterOperationAction(
            use =>
            {
                var clear = Method(use.Operation);
                if (clear?.Name is not ("ClearPool" or "ClearAllPools") || !npgsql.IsConnection(clear.ContainingType))
                {
                    return;
                }

                if (clear.Name == "ClearPool")
                {
                    // The fix reads from its origin which data source the connection came from.
                    if (use.Operation is IInvocationOperation { Arguments: { Length: 1 } arguments } && Origin.Of(arguments[0].Value) is { } source && npgsql.IsOfDataSource(source))
                    {
                        use.ReportDiagnostic(Report(use.Operation, WellKnownNames.Members.Clear + " on the data source", [source.Syntax.GetLocation()]));
                    }
                }
                else if (guards.Rents(use.CancellationToken))
                {
                    if (!PoolUses.Around(use.Operation).ClearGuardsBeside(use.Operation))
                    {
                        use.ReportDiagnostic(Report(use.Operation, ClearAllOfGuards + " too", properties: OfGuardsProperties));
                    }
                }
                else if (PoolUses.Around(use.Operation).AreOfDataSourcesOnly(npgsql))
                {
                    use.ReportDiagnostic(Report(use.Operation, WellKnownNames.Members.Clear + " on the data source"));
                }
            },
            OperationKind.Invocation,
            OperationKind.MethodReference);
    }

    static IMethodSymbol? Method(IOperation use) => use is IInvocationOperation call ? call.TargetMethod : ((IMethodReferenceOperation)use).Method;

    static Diagnostic Report(IOperation clear, string instead, IEnumerable<Location>? origin = null, ImmutableDictionary<string, string?>? properties = null) =>
        Diagnostic.Create(Descriptors.IneffectiveClear, clear.Syntax.GetLocation(), origin, properties, UsedName.Of(clear), instead);

    /// <summary>What one member does with connections and pools.</summary>
    sealed class PoolUses
    {
        static readonly PerMember<PoolUses> OfMember = new(member => new(member));

        readonly List<IInvocationOperation> _sources = [];
        readonly List<IObjectCreationOperation> _created = [];

        // The blocks in which the guarded sources are cleared.
        readonly HashSet<IOperation?> _clearing = [];

        PoolUses(IOperation member)
        {
            foreach (var operation in member.DescendantsAndSelf())
            {
                if (operation is IObjectCreationOperation { Type.Name: "NpgsqlConnection" } creation)
                {
                    _created.Add(creation);
                }
                else if (operation is IInvocationOperation { TargetMethod: var method } call)
                {
                    if (method is { Name: WellKnownNames.Members.ClearAll, ContainingType.Name: WellKnownNames.WritableDataSource })
                    {
                        _clearing.Add(Block(call));
                    }
                    else if (method.Name is "OpenConnection" or "OpenConnectionAsync" or "CreateConnection")
                    {
                        _sources.Add(call);
                    }
                }
            }
        }

        public static PoolUses Around(IOperation operation) => OfMember.Of(operation);

        /// <summary>Whether the guarded sources are cleared in the same block.</summary>
        public bool ClearGuardsBeside(IOperation pools) => _clearing.Contains(Block(pools));

        // Where connections are made by hand, or the source is only disposed, other pools can be meant.
        public bool AreOfDataSourcesOnly(NpgsqlTypes npgsql) => !_created.Any(creation => npgsql.IsConnection(creation.Type)) && _sources.Any(npgsql.IsOfDataSource);

        static IOperation? Block(IOperation call) => call.Parent is IExpressionStatementOperation statement ? statement.Parent : call.Parent;
    }
}
