using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Removes an <c>[AllowRawNpgsql]</c> with nothing raw under it. A reason that is missing can only be written by hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ExemptionIsUsedFixer)), Shared]
public sealed class ExemptionIsUsedFixer() : WholeDocumentFixer("Remove [AllowRawNpgsql]", RuleIds.UnusedExemption)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
        {
            return null;
        }

        var attributes = diagnostics
            .Where(diagnostic => diagnostic.Properties.ContainsKey(ExemptionIsUsed.Unused))
            .Select(diagnostic => root.FindNode(diagnostic.Location.SourceSpan))
            .OfType<AttributeSyntax>()
            .Where(attribute => attribute.Parent is AttributeListSyntax { ContainsDiagnostics: false, ContainsDirectives: false })
            .ToList();
        return attributes.Count > 0 ? () => document.WithSyntaxRoot(AttributeRemoval.Remove(root, attributes)) : null;
    }
}
