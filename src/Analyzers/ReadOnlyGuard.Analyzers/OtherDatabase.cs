using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether the code shows that a connection leads to another database than PostgreSQL. The guard knows PostgreSQL's standbys only.</summary>
static class OtherDatabase
{
    /// <summary>They speak PostgreSQL's protocol, so Npgsql connects to them.</summary>
    static readonly string[] Names = ["Cockroach", "Yugabyte", "Redshift", "QuestDb", "CrateDb", "RisingWave"];

    /// <summary>Their default ports, where PostgreSQL is not likely to listen.</summary>
    static readonly string[] Ports = ["26257", "5439", "8812"];

    /// <param name="use">A raw use.</param>
    /// <param name="member">The field, property or method that contains it.</param>
    public static bool IsInSight(IOperation use, ISymbol member) => IsHome(member) || Origin.Parts(use).Any(IsNamed);

    public static bool IsNamed(string text) => Names.Any(name => text.IndexOf(name, StringComparison.OrdinalIgnoreCase) >= 0);

    static bool IsHome(ISymbol member)
    {
        for (var outer = member.ContainingSymbol; outer is not null; outer = outer.ContainingSymbol)
        {
            if (outer is INamedTypeSymbol or INamespaceSymbol && IsNamed(outer.Name))
            {
                return true;
            }
        }

        return false;
    }

    static bool IsNamed(IOperation part) => part switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => IsNamed(text) || ListensElsewhere(text),
        ILocalReferenceOperation local => IsNamed(local.Local.Name),
        IParameterReferenceOperation parameter => IsNamed(parameter.Parameter.Name),
        IMemberReferenceOperation reference => IsNamed(reference.Member.Name),
        IInvocationOperation call => IsNamed(call.TargetMethod.Name),
        _ => false,
    };

    static bool ListensElsewhere(string text) =>
        ConnectionStringText.Parse(text) is { } parsed &&
        (Ports.Contains(ConnectionStringText.Value(parsed, "Port")) || ConnectionStringText.Hosts(parsed).Any(host => Ports.Contains(host.Split(':').Last())));
}
