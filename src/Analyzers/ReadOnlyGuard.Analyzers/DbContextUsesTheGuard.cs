using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG004: EF Core that gets anything but a guarded data source opens connections that nobody validates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class DbContextUsesTheGuard() : RawUseRule(Descriptors.UnguardedEntityFramework, OperationKind.Invocation, OperationKind.MethodReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var extensions = new NamedTypes(compilation, WellKnownNames.NpgsqlDbContextOptionsBuilderExtensions);
        var facades = new NamedTypes(compilation, "Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions");
        // It takes the connection from the context's data source, and gives it one of EF Core's own.
        bool Detaches(IMethodSymbol method) => method.Name == "SetConnectionString" && facades.Contain(method.ContainingType) && extensions.Exist;
        // The provider's own, or one that another package has over it.
        bool Configures(IMethodSymbol method) => method.Name == "UseNpgsql" && (extensions.Contain(method.ContainingType) || IsOfOptions(method));

        return operation => operation switch
        {
            IInvocationOperation call =>
                Detaches(call.TargetMethod) ||
                (Configures(call.TargetMethod) ? IsRaw(call, npgsql) : RawRegistrations.OfContext(call.TargetMethod) && !StandbyConnectionString.IsAskedForIn(call)) &&
                !DesignTimeFactory.Contains(call),
            IMethodReferenceOperation { Parent: IDelegateCreationOperation, Method: var method } group =>
                Detaches(method) ||
                (Configures(method) ? method.Parameters.Any(IsString) : RawRegistrations.OfContext(method)) &&
                !DesignTimeFactory.Contains(group),
            _ => false,
        };
    }

    static bool IsOfOptions(IMethodSymbol method) =>
        (method.ReducedFrom ?? method) is { IsExtensionMethod: true, DeclaringSyntaxReferences.IsEmpty: true } extension && extension.Parameters[0].Type.Name == "DbContextOptionsBuilder";

    static bool IsString(IParameterSymbol parameter) => parameter.Type.SpecialType == SpecialType.System_String;

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
