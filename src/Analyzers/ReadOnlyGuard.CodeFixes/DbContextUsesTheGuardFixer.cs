using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Calls <c>UseWritableNpgsql</c>, or the guarded registration of a context, with the same arguments, where every target references it.
/// Of <c>UseNpgsql</c> only with a connection string: only then is the data source one that EF Core builds, and the guard can build it in
/// its place.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DbContextUsesTheGuardFixer)), Shared]
public sealed class DbContextUsesTheGuardFixer() : WholeDocumentFixer("Use UseWritableNpgsql", RuleIds.UnguardedEntityFramework)
{
    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await WritableDataSourceType.InAsync(document, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var models = await LinkedDocuments.AllModelsAsync(document, cancellationToken).ConfigureAwait(false);
        var names = new Dictionary<SyntaxNode, SimpleNameSyntax>();
        foreach (var diagnostic in diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call &&
                models.All(model => CanBeGuarded(model, call, cancellationToken)) &&
                !ConfiguresDataSource(call) &&
                GuardedCounterpart.Of(call, models, cancellationToken) is { } name)
            {
                names[access.Name] = name;
            }
        }

        return names.Count > 0 ? () => document.WithSyntaxRoot(root.ReplaceNodes(names.Keys, (name, _) => names[name])) : null;
    }

    static bool CanBeGuarded(SemanticModel model, InvocationExpressionSyntax call, CancellationToken cancellationToken)
    {
        if (model.Counterpart(call, cancellationToken) is not { } raw)
        {
            return true;
        }

        return model.GetOperation(raw, cancellationToken) is IInvocationOperation operation &&
            (operation.TargetMethod.Name == "UseNpgsql"
                ? operation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "connectionString") is { Value: var text } &&
                    // EF Core looks it up, and the guard does as well.
                    (text.ConstantValue.Value is string name && RefusedConnectionString.IsName(name) || GuardableConnectionString.Is(text))
                : GuardableConnectionString.Is(operation));
    }

    // What it does to the builder of EF Core's own data source, and so what the context maps, can be anything. Out of sight as well.
    static bool ConfiguresDataSource(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Skip(1).Any(argument => argument.Expression is not AnonymousFunctionExpressionSyntax lambda ||
            lambda.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == "ConfigureDataSource"));
}
