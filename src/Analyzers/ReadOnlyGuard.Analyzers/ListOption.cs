using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.Analyzers;

/// <summary>A list in <c>.editorconfig</c>, divided by commas: a semicolon begins a comment there.</summary>
sealed class ListOption(string key)
{
    /// <summary>The service keys whose data sources are meant for standbys.</summary>
    public static readonly ListOption ReplicaKeys = new("readonly_guard.replica_keys");

    /// <summary>Folders and files that the rules on raw use leave out.</summary>
    public static readonly ListOption ExcludedPaths = new("readonly_guard.excluded_paths");

    /// <summary>Types, by short or full name, that the rules on raw use leave out.</summary>
    public static readonly ListOption ExcludedTypes = new("readonly_guard.excluded_types");

    public IEnumerable<string> In(AnalyzerOptions options, SyntaxTree tree) =>
        options.AnalyzerConfigOptionsProvider.GetOptions(tree).TryGetValue(key, out var list)
            ? list.Split(',').Select(entry => entry.Trim()).Where(entry => entry.Length > 0)
            : [];
}
