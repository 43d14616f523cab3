using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// What the calls of <c>RecoveryWatcher.Watch</c> in a file name, as far as its text shows: of a file that is not in question, no
/// semantics are known. Read once for each file, and only of those that mention a watcher.
/// </summary>
sealed class WatchedNames
{
    static readonly ConditionalWeakTable<SyntaxTree, WatchedNames> OfFile = new();
    static readonly WatchedNames None = new([]);

    // The name in front of the dot, and the one behind it.
    readonly HashSet<(string Qualifier, string Name)> _names = [];

    WatchedNames(IReadOnlyList<SyntaxToken> tokens)
    {
        for (var at = 0; at + 2 < tokens.Count; at++)
        {
            if (tokens[at].ValueText != WellKnownNames.Members.Watch || tokens[at + 1].Text != "(")
            {
                continue;
            }

            var given = tokens.Skip(at + 2).TakeWhile(token => token.Text is not (";" or "{")).ToList();
            AskContainer |= given.Any(token => token.ValueText is "GetRequiredService" or "GetService") || IsInjected(given[0], tokens);
            for (var name = 2; name < given.Count; name++)
            {
                if (given[name - 1].Text == ".")
                {
                    _names.Add((given[name - 2].ValueText, given[name].ValueText));
                }
            }
        }
    }

    public bool AreAny => AskContainer || _names.Count > 0;

    /// <summary>Whether a source comes from a container: the call asks it, or is given a parameter of the type that a container injects.</summary>
    public bool AskContainer { get; }

    public static WatchedNames In(SyntaxTree tree) => OfFile.GetValue(tree, Read);

    public bool Contain(ISymbol member) => _names.Any(name =>
        name.Name == member.Name && (name.Qualifier == member.ContainingType.Name || !member.IsStatic && !char.IsUpper(name.Qualifier.FirstOrDefault())));

    static WatchedNames Read(SyntaxTree tree) =>
        tree.GetText().ToString().IndexOf(WellKnownNames.RecoveryWatcher, StringComparison.Ordinal) < 0 ? None : new([.. tree.GetRoot().DescendantTokens()]);

    // class PoolWatcher(NpgsqlDataSource source), or As NpgsqlDataSource in Visual Basic; through a field, too.
    static bool IsInjected(SyntaxToken given, IReadOnlyList<SyntaxToken> tokens)
    {
        var names = new HashSet<string> { given.ValueText };
        for (var at = 1; at + 2 < tokens.Count; at++)
        {
            if (tokens[at].Text == "=" && names.Contains(tokens[at - 1].ValueText))
            {
                names.Add(tokens[at + 1].ValueText);
            }
        }

        return Enumerable.Range(1, Math.Max(0, tokens.Count - 2)).Any(at =>
            names.Contains(tokens[at].ValueText) && tokens[at - 1].ValueText == "NpgsqlDataSource" && tokens[at + 1].Text is "," or ")");
    }
}
