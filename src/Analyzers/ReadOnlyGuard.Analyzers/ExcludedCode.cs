using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether <c>readonly_guard.excluded_types</c> or <c>readonly_guard.excluded_paths</c> names a piece of code.</summary>
static class ExcludedCode
{
    public static bool Covers(IOperation operation, ISymbol member, AnalyzerOptions options)
    {
        var tree = operation.Syntax.SyntaxTree;
        var path = "/" + tree.FilePath.Replace('\\', '/').TrimStart('/');
        return ListOption.ExcludedPaths.In(options, tree).Any(excluded => Holds(excluded, path)) ||
            ListOption.ExcludedTypes.In(options, tree).Any(excluded => Holds(excluded, member));
    }

    // Whole names of folders and files, at any depth: `Migrations`, `tests/Load`, `Program.cs`.
    static bool Holds(string excluded, string path) =>
        (path + "/").IndexOf("/" + excluded.Replace('\\', '/').Trim('/') + "/", StringComparison.OrdinalIgnoreCase) >= 0;

    static bool Holds(string excluded, ISymbol member)
    {
        for (var type = member as INamedTypeSymbol ?? member.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.Name == excluded || type.OriginalDefinition.ToDisplayString(WithoutParameters) == excluded)
            {
                return true;
            }
        }

        return false;
    }

    static readonly SymbolDisplayFormat WithoutParameters = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);
}
