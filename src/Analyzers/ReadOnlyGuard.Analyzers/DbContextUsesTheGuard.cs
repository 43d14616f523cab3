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
        var facades = new NamedTypes(compilation, "Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions");
        return operation =>
            // It takes the connection from the context's data source, and gives it one of EF Core's own.
            operation is IInvocationOperation { TargetMethod: { Name: "SetConnectionString", ContainingType: var facade } } && facades.Contain(facade) && extensions.Exist ||
            operation is IInvocationOperation call &&
            (call.TargetMethod.Name == "UseNpgsql" && extensions.Contain(call.TargetMethod.ContainingType)
                ? IsRaw(call, npgsql)
                : RawRegistrations.OfContext(call) && !StandbyConnectionString.IsAskedForIn(call)) &&
            !DesignTimeFactory.Contains(call);
    }

    static bool IsRaw(IInvocationOperation call, NpgsqlTypes npgsql)
    {
        var source = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name is "connectionString" or "connection" or "dataSource");
        return source?.Parameter?.Name switch
        {
            "connectionString" => !StandbyConnectionString.IsAskedForIn(source.Value),
            "connection" => !IsOfSource(Origin.Of(source.Value), npgsql),
            // A data source is reported where it is made or registered, and so is that of the container, which the context asks for by itself.
            _ => false,
        };
    }

    static bool IsOfSource(IOperation? connection, NpgsqlTypes npgsql) =>
        npgsql.IsOfDataSource(connection) ||
        connection is IInvocationOperation taken && (npgsql.IsGuard(taken.TargetMethod.ContainingType) || StandbySession.IsAskedFor(taken));
}
