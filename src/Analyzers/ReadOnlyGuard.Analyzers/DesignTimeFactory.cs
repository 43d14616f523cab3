using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// The method of an <c>IDesignTimeDbContextFactory</c>, which only the tools run. What its class has besides may be called by the
/// application as well.
/// </summary>
static class DesignTimeFactory
{
    public static bool Contains(IOperation operation)
    {
        var member = operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart);
        while (member is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            member = member.ContainingSymbol;
        }

        return member is IMethodSymbol { ContainingType: { } type } && type.AllInterfaces
            .Where(implemented => implemented.Name == "IDesignTimeDbContextFactory")
            .SelectMany(implemented => implemented.GetMembers("CreateDbContext"))
            .Any(method => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(method), member));
    }
}
