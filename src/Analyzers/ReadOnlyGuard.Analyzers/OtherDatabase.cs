using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether the code shows that a connection leads to another database than PostgreSQL. The guard knows PostgreSQL's standbys only.</summary>
static class OtherDatabase
{
    /// <summary>They speak PostgreSQL's protocol, so Npgsql connects to them.</summary>
    static readonly string[] Names = ["Cockroach", "Yugabyte", "Redshift", "QuestDb", "CrateDb", "RisingWave", "Spanner"];

    // Their default ports, where PostgreSQL is not likely to listen.
    static readonly Regex Port = new(
        @"(?:^|[;\0])\s*(?:Port\s*=\s*|(?:Host|Server)\s*=[^;\0]*:)['""]?(?:26257|5439|8812)(?!\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <param name="use">A raw use.</param>
    /// <param name="member">The field, property or method that contains it.</param>
    public static bool IsInSight(IOperation use, ISymbol member) => IsHome(member) || Origin.Parts(use).Any(IsNamed) || ConnectionStrings(use).Any(ListensElsewhere);

    public static bool IsNamed(string text) => Names.Any(name => text.IndexOf(name, StringComparison.OrdinalIgnoreCase) >= 0);

    static bool IsHome(ISymbol member)
    {
        for (var outer = member; outer is not null and not IModuleSymbol and not IAssemblySymbol; outer = outer.ContainingSymbol)
        {
            if (IsNamed(outer.Name))
            {
                return true;
            }
        }

        return false;
    }

    static bool IsNamed(IOperation part) => part switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => IsNamed(text),
        ILocalReferenceOperation local => IsNamed(local.Local.Name),
        IParameterReferenceOperation parameter => IsNamed(parameter.Parameter.Name),
        IMemberReferenceOperation reference => IsNamed(reference.Member.Name) || IsNamed(reference.Member.ContainingType.Name),
        IInvocationOperation call => IsNamed(call.TargetMethod.Name) || IsNamed(call.TargetMethod.ContainingType.Name),
        _ => false,
    };

    static IEnumerable<IOperation> ConnectionStrings(IOperation use) => use.ChildOperations
        .Select(part => part is IArgumentOperation argument ? argument.Value : part)
        .Where(part => part.Type?.SpecialType == SpecialType.System_String || ConnectionText.IsBuilder(part.Type));

    static bool ListensElsewhere(IOperation connectionString)
    {
        var texts = ConnectionText.Of(connectionString);
        return texts.Count > 0 && texts.All(text => Port.IsMatch(text) && text.IndexOf(ConnectionText.Perhaps) < 0);
    }
}
