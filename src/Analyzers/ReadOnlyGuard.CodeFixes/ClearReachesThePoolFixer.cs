using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Clears the pool of the data source that the connection came from, where that can be named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClearReachesThePoolFixer)), Shared]
public sealed class ClearReachesThePoolFixer() : WholeDocumentFixer("Clear the data source's pool", RuleIds.IneffectiveClear)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
        {
            return null;
        }

        var models = await LinkedDocuments.AllModelsAsync(document, cancellationToken).ConfigureAwait(false);
        var clears = new Dictionary<SyntaxNode, ExpressionSyntax>();
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.AdditionalLocations is [var rent] &&
                root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { ContainsDirectives: false, ContainsDiagnostics: false } call &&
                root.FindNode(rent.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var source } } &&
                models.All(target => target.Counterpart(call, cancellationToken) is not { } there ||
                    target.Counterpart(source, cancellationToken) is { } same && IsNameOfSource(same, there, target, cancellationToken)))
            {
                clears[call] = InvocationExpression(MemberAccessExpression(
                        SyntaxKind.SimpleMemberAccessExpression, source.WithoutTrivia(), IdentifierName(WellKnownNames.Members.Clear)))
                    .WithTriviaFrom(call);
            }
        }

        return clears.Count > 0 ? () => document.WithSyntaxRoot(root.ReplaceNodes(clears.Keys, (call, _) => clears[call])) : null;
    }

    /// <summary>Whether the expression is a name that means the same data source where the call is, and that one can be cleared.</summary>
    static bool IsNameOfSource(ExpressionSyntax source, InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        if (source is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }))
        {
            return false;
        }

        var there = model.GetSymbolInfo(source, cancellationToken).Symbol;
        var here = model.GetSpeculativeSymbolInfo(call.SpanStart, source, SpeculativeBindingOption.BindAsExpression).Symbol;
        return there is ILocalSymbol or IParameterSymbol or IFieldSymbol or IPropertySymbol &&
            SymbolEqualityComparer.Default.Equals(there, here) &&
            // Before version 9 an NpgsqlDataSource had none in public.
            model.LookupSymbols(call.SpanStart, model.GetTypeInfo(source, cancellationToken).Type, WellKnownNames.Members.Clear)
                .Any(clear => clear is IMethodSymbol { Parameters.IsEmpty: true });
    }
}
