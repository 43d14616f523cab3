using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// Knows the extension methods that register raw data sources or contexts over them, by their shape: whoever ships them, Npgsql, Aspire
/// or next year's host.
/// </summary>
static class RawRegistrations
{
    /// <summary>Whether the call registers a data source: <c>Add…Npgsql…DataSource</c>, or one that takes an action on Npgsql's builder.</summary>
    public static bool OfDataSource(IInvocationOperation call, NpgsqlTypes npgsql) =>
        IsRegistration(call.TargetMethod) &&
        (call.TargetMethod.Name.EndsWith("DataSource", StringComparison.Ordinal) ||
            Definition(call.TargetMethod).Parameters.Any(parameter => IsBuilderAction(parameter.Type, npgsql))) &&
        !IsGuarded(call.TargetMethod);

    /// <summary>Whether the call registers an EF Core context: <c>AddNpgsql…&lt;TContext&gt;</c>.</summary>
    public static bool OfContext(IInvocationOperation call) =>
        IsRegistration(call.TargetMethod) &&
        call.TargetMethod.OriginalDefinition.TypeParameters.Any(parameter => parameter.ConstraintTypes.Any(IsContext)) &&
        !IsGuarded(call.TargetMethod);

    static bool IsRegistration(IMethodSymbol method) =>
        method.Name.StartsWith("Add", StringComparison.Ordinal) && method.Name.Contains("Npgsql") && Definition(method).IsExtensionMethod;

    static IMethodSymbol Definition(IMethodSymbol method) => method.ReducedFrom ?? method;

    static bool IsBuilderAction(ITypeSymbol type, NpgsqlTypes npgsql) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Delegate } action && action.TypeArguments.Any(npgsql.IsBuilder);

    static bool IsContext(ITypeSymbol type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (known is { Name: "DbContext", ContainingNamespace.Name: "EntityFrameworkCore" })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the method is the guard's, or its code is under the rules itself: what it does is reported there.</summary>
    static bool IsGuarded(IMethodSymbol method) =>
        method.Name.Contains("Writable") ||
        (method.OriginalDefinition.DeclaringSyntaxReferences is { IsEmpty: false } declarations
            ? declarations.Any(declaration => declaration.GetSyntax().DescendantTokens().Any(token => IsRegistrationOrCreation(token.ValueText, method.Name)))
            : method.ContainingAssembly.Modules.Any(module => module.ReferencedAssemblies.Any(assembly => assembly.Name == WellKnownNames.Namespace)));

    static bool IsRegistrationOrCreation(string name, string own) =>
        name != own &&
        (name is "Build" or "BuildMultiHost" or "BuildWritable" ||
            name.Contains("Npgsql") && (name.StartsWith("Add", StringComparison.Ordinal) || name.StartsWith("Use", StringComparison.Ordinal)));
}
