using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>Takes the connection from <c>WritableDataSource.For(…)</c>, which keeps the database that the site named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConnectionIsNotCreatedRawFixer)), Shared]
public sealed class ConnectionIsNotCreatedRawFixer : CodeFixProvider
{
    const string Title = "Use WritableDataSource";

    // One site and a whole document take the same way, so that they cannot differ, and no edits have to be merged.
    static readonly FixAllProvider WholeDocuments = FixAllProvider.Create(
        async (context, document, diagnostics) =>
            await RawConnectionRewrite.PlanAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false) is { } rewrite
                ? rewrite.Apply()
                : document);

    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.RawConnection);

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WholeDocuments;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await RawConnectionRewrite.PlanAsync(context.Document, context.Diagnostics, context.CancellationToken).ConfigureAwait(false) is { } rewrite)
        {
            context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(rewrite.Apply()), Title), context.Diagnostics);
        }
    }
}
