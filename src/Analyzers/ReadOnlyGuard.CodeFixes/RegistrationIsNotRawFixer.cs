using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Registers a <c>WritableDataSource</c> with the same arguments, where nothing in the project asks for an <c>NpgsqlDataSource</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegistrationIsNotRawFixer)), Shared]
public sealed class RegistrationIsNotRawFixer() : WholeDocumentFixer("Register a WritableDataSource", RuleIds.RawRegistration)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is null ||
            AsksForRawDataSource(model.Compilation, cancellationToken))
        {
            return null;
        }

        var names = new Dictionary<SyntaxNode, SimpleNameSyntax>();
        foreach (var diagnostic in diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { ContainsDiagnostics: false, Expression: MemberAccessExpressionSyntax access } call)
            {
                var name = SyntaxFactory.IdentifierName(access.Name.Identifier.ValueText.Contains("Slim")
                    ? WellKnownNames.Members.AddSlimDataSource
                    : WellKnownNames.Members.AddDataSource).WithTriviaFrom(access.Name);
                var guarded = call.WithExpression(access.WithName(name));
                if (model.GetSpeculativeSymbolInfo(call.SpanStart, guarded, SpeculativeBindingOption.BindAsExpression).Symbol is not null)
                {
                    names[access.Name] = name;
                }
            }
        }

        return names.Count > 0 ? () => document.WithSyntaxRoot(root.ReplaceNodes(names.Keys, (name, _) => names[name])) : null;
    }

    // By name only: that reads no semantics of files that are not in question. UseNpgsql without arguments asks the container.
    static bool AsksForRawDataSource(Compilation compilation, CancellationToken cancellationToken) =>
        compilation.SyntaxTrees.Any(tree => tree.GetRoot(cancellationToken).DescendantNodes().OfType<SimpleNameSyntax>().Any(name =>
            name.Identifier.ValueText is "NpgsqlDataSource" or "NpgsqlMultiHostDataSource" or "UseNpgsql"));
}
