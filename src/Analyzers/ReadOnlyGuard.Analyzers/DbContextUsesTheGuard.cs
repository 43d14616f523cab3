using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG004: EF Core that gets anything but a guarded data source opens connections that nobody validates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class DbContextUsesTheGuard() : RawUseRule(Descriptors.UnguardedEntityFramework, OperationKind.Invocation)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var extensions = new NamedTypes(compilation, WellKnownNames.NpgsqlDbContextOptionsBuilderExtensions);
        // The provider has a class of the same full name as Npgsql's own registrations.
        var registrations = new NamedTypes(compilation, WellKnownNames.NpgsqlServiceCollectionExtensions);
        var facades = new NamedTypes(compilation, "Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions");
        return operation =>
            // It takes the connection from the context's data source, and gives it one of EF Core's own.
            operation is IInvocationOperation { TargetMethod: { Name: "SetConnectionString", ContainingType: var facade } } && facades.Contain(facade) && extensions.Exist ||
            operation is IInvocationOperation { TargetMethod: { Name: "UseNpgsql" or "AddNpgsql" } method } call &&
            (method.Name == "UseNpgsql" ? extensions : registrations).Contain(method.ContainingType) &&
            IsRaw(call, npgsql) &&
            !DesignTimeFactory.Contains(call);
    }

    static bool IsRaw(IInvocationOperation call, NpgsqlTypes npgsql)
    {
        var source = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name is "connectionString" or "connection" or "dataSource");
        return source?.Parameter?.Name switch
        {
            "connectionString" => !(source.Value.ConstantValue is { HasValue: true, Value: string constant } && StandbyConnectionString.Targets(constant)),
            "connection" => !(Origin.Of(source.Value) is IInvocationOperation taken && (npgsql.IsGuard(taken.TargetMethod.ContainingType) || StandbySession.IsAskedFor(taken))),
            // A DbDataSource can be a guarded one.
            "dataSource" => npgsql.IsRawDataSource(Origin.Unwrap(source.Value)?.Type) && !StandbySession.IsAskedFor(Origin.Of(source.Value) as IInvocationOperation),
            // It asks the container, which may have a raw one only.
            _ => true,
        };
    }
}
