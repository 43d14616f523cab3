using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// A fix of one action. One site and a whole document take the same way, so that they cannot differ, and no edits have to be merged.
/// </summary>
public abstract class WholeDocumentFixer : CodeFixProvider
{
    readonly string _title;

    private protected WholeDocumentFixer(string title, params string[] ids)
    {
        _title = title;
        FixableDiagnosticIds = ImmutableArray.Create(ids);
    }

    /// <inheritdoc />
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc />
    public override FixAllProvider? GetFixAllProvider() => FixAllProvider.Create(async (context, document, diagnostics) =>
        await PlanAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false) is { } apply
            ? await NamesOutOfReach.ShortenAsync(apply(), context.CancellationToken).ConfigureAwait(false)
            : document);

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await PlanAsync(context.Document, context.Diagnostics, context.CancellationToken).ConfigureAwait(false) is { } apply)
        {
            context.RegisterCodeFix(CodeAction.Create(_title, cancellationToken => NamesOutOfReach.ShortenAsync(apply(), cancellationToken), _title), context.Diagnostics);
        }
    }

    /// <summary>The rewrite of one document, or <see langword="null"/> where nothing in it can be fixed.</summary>
    private protected abstract Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken);
}
