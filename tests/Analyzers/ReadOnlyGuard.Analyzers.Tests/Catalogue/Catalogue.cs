using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Catalogue;

/// <summary>Every rule and every fix that the two assemblies hold.</summary>
static class Catalogue
{
    public static IEnumerable<DiagnosticAnalyzer> Rules() => Instances<DiagnosticAnalyzer>(typeof(NpgsqlRule));

    public static IEnumerable<CodeFixProvider> Fixers() => Instances<CodeFixProvider>(typeof(WholeDocumentFixer));

    static IEnumerable<T> Instances<T>(Type besides) => besides.Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(T)))
        .Select(type => (T)Activator.CreateInstance(type)!);
}
