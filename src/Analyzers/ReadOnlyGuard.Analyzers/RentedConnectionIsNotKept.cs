using System.Collections.Concurrent;
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
        bool LivesOn(ISymbol keeper) => keeper.IsStatic || keeper.ContainingType.AllInterfaces.Any(hostedServices.Contain);

        return operation => Keepers(operation, npgsql).Any(LivesOn);
    }

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        base.Register(context, npgsql);

        // What a container keeps is told by its registration, which can be anywhere in the project.
        var services = new SingletonRegistrations(context.Compilation);
        var isKeptAnyway = Detector(context.Compilation, npgsql, context.Options);
        var singletons = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
        var kept = new ConcurrentBag<(ISymbol Keeper, Diagnostic Report)>();
        context.RegisterOperationAction(
            registration =>
            {
                if (services.Registered((IInvocationOperation)registration.Operation) is { } singleton)
                {
                    singletons[singleton.OriginalDefinition] = true;
                }
            },
            OperationKind.Invocation);
        context.RegisterOperationAction(
            use =>
            {
                if (Keepers(use.Operation, npgsql).FirstOrDefault() is { } keeper && !isKeptAnyway(use.Operation) && IsWrong(use))
                {
                    kept.Add((keeper.ContainingType.OriginalDefinition, Report(use.Operation)));
                }
            },
            Kinds);
        context.RegisterCompilationEndAction(end =>
        {
            foreach (var (keeper, report) in kept)
            {
                if (singletons.ContainsKey(keeper))
                {
                    end.ReportDiagnostic(report);
                }
            }
        });
    }

    /// <summary>The fields and properties that the operation stores a rented connection in.</summary>
    static IEnumerable<ISymbol> Keepers(IOperation operation, NpgsqlTypes npgsql) => operation switch
    {
        IAssignmentOperation { Target: IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } target } assignment
            // Cheap checks first: most assignments are of strings and numbers.
            when npgsql.CanHoldConnection(target.Type) && npgsql.IsRent(Origin.Of(assignment.Value)) => [target.Member],
        IFieldInitializerOperation field when npgsql.IsRent(Origin.Of(field.Value)) || IsLazyRent(field.Value, npgsql) => field.InitializedFields,
        IPropertyInitializerOperation property when npgsql.IsRent(Origin.Of(property.Value)) || IsLazyRent(property.Value, npgsql) => property.InitializedProperties,
        _ => [],
    };

    /// <summary><c>new Lazy&lt;NpgsqlConnection&gt;(source.OpenConnection)</c>, or with a lambda.</summary>
    static bool IsLazyRent(IOperation value, NpgsqlTypes npgsql) =>
        Origin.Unwrap(value) is IObjectCreationOperation { Type.Name: "Lazy" } lazy &&
        Origin.Unwrap(lazy.Arguments.FirstOrDefault()?.Value) is IDelegateCreationOperation factory &&
        factory.Target switch
        {
            IMethodReferenceOperation { Method: var open } => npgsql.IsRent(open),
            IAnonymousFunctionOperation function => function.Body.Descendants().OfType<IReturnOperation>().Any(result => npgsql.IsRent(Origin.Of(result.ReturnedValue))),
            _ => false,
        };
}
