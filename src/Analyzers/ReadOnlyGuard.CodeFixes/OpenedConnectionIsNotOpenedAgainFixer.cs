using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Removes the second Open where it is a statement of its own.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OpenedConnectionIsNotOpenedAgainFixer)), Shared]
public sealed class OpenedConnectionIsNotOpenedAgainFixer() : WholeDocumentFixer("Remove the second Open", RuleIds.OpenedTwice)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
        {
            return null;
        }

        var opens = diagnostics
            .Select(diagnostic => StatementOf(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)))
            .OfType<ExpressionStatementSyntax>()
            .ToList();
        return opens.Count > 0 ? () => document.WithSyntaxRoot(StatementRemoval.Remove(root, opens)) : null;
    }

    static ExpressionStatementSyntax? StatementOf(SyntaxNode open)
    {
        var call = open;
        while (call.Parent is AwaitExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } or
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } })
        {
            call = call.Parent;
        }

        // What stands on a call (`source.OpenConnection().Open()`) rents a connection, too.
        return open is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax } } &&
            call.Parent is ExpressionStatementSyntax { ContainsDirectives: false, ContainsDiagnostics: false, Parent: BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax } statement &&
            (call is not AwaitExpressionSyntax awaited || AwaitsElsewhere(awaited))
                ? statement
                : null;
    }

    // An async method without an await warns.
    static bool AwaitsElsewhere(AwaitExpressionSyntax awaited)
    {
        var function = awaited.Ancestors().FirstOrDefault(IsFunction);
        return function is null || function.DescendantNodes(node => node == function || !IsFunction(node)).Any(node =>
            node != awaited &&
            (node is AwaitExpressionSyntax or UsingStatementSyntax { AwaitKeyword.RawKind: not 0 } or
            LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 } or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }));
    }

    static bool IsFunction(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax;
}
