using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// What the code of a field, a property or a method says of a connection string. It is read from the text alone: of another file no
/// semantics are known here.
/// </summary>
static class DeclaredText
{
    // Settings of a builder that the rules and fixes ask about.
    static readonly HashSet<string> Settings = ["TargetSessionAttributes", "Multiplexing", "ReplicationMode", "Options", "Host", "Port"];

    // Where the code has any of these, it decides between several texts.
    static readonly HashSet<string> Branches = new(["if", "?", "??", "switch", "case", "select", "catch"], StringComparer.OrdinalIgnoreCase);

    // Read once for each, however many uses ask.
    static readonly ConditionalWeakTable<ISymbol, string[]> Known = new();
    static readonly ConditionalWeakTable<SyntaxNode, Dictionary<string, List<string>>> Assigned = new();

    /// <summary>The texts that the member can have: what it is declared with or returns, and what its type assigns to it.</summary>
    public static IReadOnlyList<string> Of(ISymbol member) => Known.GetValue(member, Read);

    static string[] Read(ISymbol member)
    {
        var texts = new List<string>();
        foreach (var declaration in member.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()))
        {
            var text = In(declaration);
            if (member is IMethodSymbol || text.Trim(';', ConnectionText.Unknown).Length > 0)
            {
                texts.Add(text + ConnectionText.Apart);
                if (declaration.DescendantTokens().Any(token => Branches.Contains(token.Text)))
                {
                    texts.Add(ConnectionText.Unknown.ToString());
                }
            }
        }

        if (member is IFieldSymbol or IPropertySymbol)
        {
            texts.AddRange(AssignedTo(member).Select(text => text + ConnectionText.Apart));
        }

        return texts.Count > 0 ? [.. texts] : [ConnectionText.Unknown.ToString()];
    }

    static IEnumerable<string> AssignedTo(ISymbol member) => member.ContainingType.DeclaringSyntaxReferences
        .Select(type => Assigned.GetValue(type.GetSyntax(), Assignments))
        .SelectMany(assigned => assigned.TryGetValue(member.Name, out var texts) ? texts : []);

    /// <summary>The assignments in a type by the names on their left: <c>_replica = …</c>, <c>_builder.TargetSessionAttributes = …</c>.</summary>
    static Dictionary<string, List<string>> Assignments(SyntaxNode type)
    {
        var assignments = new Dictionary<string, List<string>>();
        foreach (var token in type.DescendantTokens())
        {
            // An initialiser has no left side of its own.
            if (token.Text is not ("=" or "+=" or "&=" or "??=") || token.Parent?.ChildNodes().ToList() is not { Count: 2 } sides)
            {
                continue;
            }

            var texts = Texts(token.Parent!, sides[1], type).ToList();
            foreach (var name in sides[0].DescendantTokens().Where(name => IsName(name.Text)))
            {
                if (!assignments.TryGetValue(name.Text, out var known))
                {
                    assignments[name.Text] = known = [];
                }

                known.AddRange(texts);
            }
        }

        return assignments;
    }

    static IEnumerable<string> Texts(SyntaxNode assignment, SyntaxNode right, SyntaxNode type)
    {
        yield return In(assignment);
        if (!right.DescendantTokens().Any(IsLiteral) &&
            assignment.Ancestors().FirstOrDefault(outer => outer.Parent == type) is { } member &&
            IsAssigned(right.GetFirstToken().Text, member))
        {
            // What is assigned was made before, from a builder or in a local.
            yield return In(member);
        }
    }

    static bool IsAssigned(string name, SyntaxNode member) =>
        member.DescendantTokens().Any(token => token.Text == name && token.GetNextToken().Text is "=" or "+=");

    /// <summary>The literals, and the settings of builders as <c>;Key=value</c>.</summary>
    static string In(SyntaxNode code)
    {
        var tokens = code.DescendantTokens().ToList();
        var text = new System.Text.StringBuilder();
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            if (IsLiteral(token))
            {
                // builder["Key"] = "value"
                var isKey = at + 2 < tokens.Count && tokens[at + 1].Text is "]" or ")" && tokens[at + 2].Text == "=";
                text.Append(isKey ? ";" : "").Append(token.ValueText).Append(isKey ? "=" : "");
            }
            else if (Settings.Contains(token.Text) && at + 1 < tokens.Count && tokens[at + 1].Text == "=")
            {
                text.Append(';').Append(token.Text).Append('=');
            }
            else if (IsName(token.Text) && (text.Length == 0 || text[text.Length - 1] != ConnectionText.Unknown))
            {
                // What is joined to a literal goes on with its value.
                text.Append(at > 0 && tokens[at - 1].Text is "+" or "&" or "{" ? ConnectionText.Unknown.ToString() : ConnectionText.Apart);
            }
        }

        return text.ToString();
    }

    // The text between the holes of an interpolated string is a token of its own, without quotes.
    static bool IsLiteral(SyntaxToken token) =>
        token.Text.Length > 1 && (token.Text[0] == '"' || token.Text.StartsWith("@\"", StringComparison.Ordinal)) ||
        token.Text.IndexOf('=') > 0 && token.Text.Any(char.IsLetter);

    static bool IsName(string text) => text.Length > 0 && (char.IsLetter(text[0]) || text[0] == '_');
}
