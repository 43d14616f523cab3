using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which connection strings a fix may give to the guard: those with which guarded code does what raw code did.</summary>
static class GuardableConnectionString
{
    /// <summary>Whether nothing that the code shows speaks against it.</summary>
    public static bool Is(IOperation? connectionString) =>
        !StandbyConnectionString.MayBeAskedForIn(connectionString) &&
        !RefusedConnectionString.IsIn(connectionString) &&
        !IsOfConnection(connectionString);

    /// <summary>As <see cref="Is(IOperation?)"/>, for a registration and what its actions set.</summary>
    public static bool Is(IInvocationOperation registration)
    {
        var text = registration.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "connectionString")?.Value;
        var actions = registration.Arguments.Any(argument => argument.Value is IDelegateCreationOperation);
        return !StandbyConnectionString.MayBeAskedForIn(registration) &&
            !IsOfConnection(text) &&
            !(text is null || actions ? IsRefusedWithActions(text, registration) : RefusedConnectionString.IsIn(text));
    }

    // An action can complete what is refused, and can set what is refused.
    static bool IsRefusedWithActions(IOperation? text, IInvocationOperation registration)
    {
        var set = BuilderText.Settings(registration) + ";" + ConnectionText.Unknown;
        return text is null
            ? RefusedConnectionString.Refusal(set) is not null
            : ConnectionText.Of(text).Any(known => RefusedConnectionString.Refusal(known + set) is not null);
    }

    // That of a guarded connection has no password, and after a Fix All every connection can be one; that of a data source never has.
    static bool IsOfConnection(IOperation? connectionString) => Origin.Of(connectionString)?.DescendantsAndSelf().Any(part => part switch
    {
        IPropertyReferenceOperation { Property: { Name: "ConnectionString", ContainingType: var owner } } => IsConnection(owner),
        IInvocationOperation { TargetMethod: { Name: "GetConnectionString", ContainingType.Name: "RelationalDatabaseFacadeExtensions" } } => true,
        _ => false,
    }) == true;

    static bool IsConnection(ITypeSymbol? type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (known.Name is "IDbConnection" or "DbConnection" or "DbDataSource")
            {
                return true;
            }
        }

        return false;
    }
}
