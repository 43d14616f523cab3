using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// Knows the extension methods that register raw data sources or contexts over them, by their shape: whoever ships them, Npgsql, Aspire
/// or next year's host.
/// </summary>
static class RawRegistrations
{
    /// <summary>Whether the method registers a data source: <c>Add…Npgsql…DataSource</c>, or whatever takes an action on Npgsql's builder.</summary>
    public static bool OfDataSource(IMethodSymbol method, NpgsqlTypes npgsql) =>
        Definition(method) is { IsExtensionMethod: true } definition &&
        (IsNamed(method) && method.Name.EndsWith("DataSource", StringComparison.Ordinal) ||
            definition.Parameters.Any(parameter => IsBuilderAction(parameter.Type, npgsql)) && IsOfHost(definition.Parameters[0].Type, npgsql)) &&
        !IsGuarded(method);

    /// <summary>Whether the method registers an EF Core context: <c>Add…Npgsql…&lt;TContext&gt;</c>, or one that takes an action on the provider's options.</summary>
    public static bool OfContext(IMethodSymbol method) =>
        method.OriginalDefinition.TypeParameters.Any(parameter => parameter.ConstraintTypes.Any(IsContext)) &&
        Definition(method) is { IsExtensionMethod: true } definition &&
        method.Name.StartsWith("Add", StringComparison.Ordinal) &&
        (IsNamed(method) || definition.Parameters.Any(parameter => IsAction(parameter.Type, argument => argument.Name == "NpgsqlDbContextOptionsBuilder"))) &&
        !IsGuarded(method);

    static bool IsNamed(IMethodSymbol method) => method.Name.StartsWith("Add", StringComparison.Ordinal) && (method.Name.Contains("Npgsql") || method.Name.Contains("Postgre"));

    // What is done to a builder of Npgsql's own is its configuration.
    static bool IsOfHost(ITypeSymbol receiver, NpgsqlTypes npgsql) => !npgsql.IsBuilder(receiver) && !receiver.Name.StartsWith("Npgsql", StringComparison.Ordinal);

    static IMethodSymbol Definition(IMethodSymbol method) => method.ReducedFrom ?? method;

    static bool IsBuilderAction(ITypeSymbol type, NpgsqlTypes npgsql) => IsAction(type, npgsql.IsBuilder);

    static bool IsAction(ITypeSymbol type, Func<ITypeSymbol, bool> takes) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { } action } && action.Parameters.Any(parameter => takes(parameter.Type));

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
