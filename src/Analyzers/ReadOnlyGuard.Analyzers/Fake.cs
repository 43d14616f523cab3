using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether the code shows that a connection is a stand-in for tests, and can never be opened.</summary>
static class Fake
{
    static readonly string[] MockingLibraries = ["Moq", "NSubstitute", "FakeItEasy"];
    static readonly string[] Prefixes = ["Fake", "Mock", "Stub", "Dummy"];

    static readonly string[] Hosts =
    [
        "fake", "dummy", "mock", "stub", "unused", "not-used", "notused", "none", "nowhere", "invalid", "placeholder", "ignored", "irrelevant", "example",
        "fakehost", "dummyhost", "mockhost", "invalid-host", "invalidhost", "nonexistent", "non-existent", "does-not-exist", "doesnotexist", "unreachable",
    ];

    // Reserved for documentation: nobody has them.
    static readonly string[] Networks = ["192.0.2.", "198.51.100.", "203.0.113."];

    // Reserved: no name server knows them.
    static readonly string[] Domains = [".invalid", ".example", "example.com", "example.net", "example.org"];

    public static bool IsInSight(IOperation use, ISymbol member) => IsGivenToMock(use) || HasNoString(use) && IsHome(member) || LeadsNowhere(use);

    static bool IsGivenToMock(IOperation use)
    {
        for (var outer = use.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IInvocationOperation { TargetMethod.ContainingNamespace: { } library } && MockingLibraries.Contains(Outermost(library)))
            {
                return true;
            }
        }

        return false;
    }

    static string Outermost(INamespaceSymbol name) => name.ContainingNamespace is { IsGlobalNamespace: false } outer ? Outermost(outer) : name.Name;

    static bool HasNoString(IOperation use) => use is IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: null };

    static bool IsHome(ISymbol member) => Prefixes.Any(prefix => member.ContainingType?.Name.StartsWith(prefix, StringComparison.Ordinal) == true);

    static bool LeadsNowhere(IOperation use) => Origin.Parts(use).Any(part =>
        part.ConstantValue is { HasValue: true, Value: string text } &&
        ConnectionStringText.Parse(text) is { } parsed &&
        ConnectionStringText.Hosts(parsed) is { Length: > 0 } hosts &&
        hosts.All(host => IsNowhere(host.Split(':')[0])));

    static bool IsNowhere(string host) =>
        Hosts.Contains(host, StringComparer.OrdinalIgnoreCase) ||
        Networks.Any(network => host.StartsWith(network, StringComparison.Ordinal)) ||
        Domains.Any(domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
}
