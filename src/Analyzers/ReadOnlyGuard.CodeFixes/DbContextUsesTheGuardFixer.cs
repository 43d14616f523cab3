using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Calls <c>UseWritableNpgsql</c> with the same arguments, where the project references it and the context is given a connection
/// string: only then is the data source one that EF Core builds, and the guard can build it in its place.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DbContextUsesTheGuardFixer)), Shared]
public sealed class DbContextUsesTheGuardFixer() : WholeDocumentFixer("Use UseWritableNpgsql", RuleIds.UnguardedEntityFramework)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var names = new Dictionary<SyntaxNode, SimpleNameSyntax>();
        foreach (var diagnostic in diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { ContainsDiagnostics: false, Expression: MemberAccessExpressionSyntax access } call &&
                model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "UseNpgsql", Parameters: [{ Name: "connectionString" }, ..] } raw &&
                !ConfiguresDataSource(call))
            {
                var name = access.Name.WithIdentifier(SyntaxFactory.Identifier(WellKnownNames.Members.UseWritableNpgsql).WithTriviaFrom(access.Name.Identifier));
                var guarded = call.WithExpression(access.WithName(name));
                if (model.GetSpeculativeSymbolInfo(call.SpanStart, guarded, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol { Parameters: [{ Type.SpecialType: SpecialType.System_String }, ..] } found &&
                    SymbolEqualityComparer.Default.Equals(found.ReturnType, raw.ReturnType))
                {
                    names[access.Name] = name;
                }
            }
        }

        return names.Count > 0 ? () => document.WithSyntaxRoot(root.ReplaceNodes(names.Keys, (name, _) => names[name])) : null;
    }

    // What it does to the builder of EF Core's own data source, and so what the context maps, can be anything. Out of sight as well.
    static bool ConfiguresDataSource(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Skip(1).Any(argument => argument.Expression is not AnonymousFunctionExpressionSyntax lambda ||
            lambda.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == "ConfigureDataSource"));
}
