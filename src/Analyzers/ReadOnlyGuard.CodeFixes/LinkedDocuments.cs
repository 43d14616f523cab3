using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>The same file in other targets of its project, or in other projects that link it: what is written here is written there.</summary>
static class LinkedDocuments
{
    /// <summary>Their semantics, without that of the document itself.</summary>
    public static async Task<IReadOnlyList<SemanticModel>> ModelsAsync(Document document, CancellationToken cancellationToken)
    {
        var models = new List<SemanticModel>();
        foreach (var id in document.GetLinkedDocumentIds())
        {
            if (document.Project.Solution.GetDocument(id) is { } linked && await linked.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is { } model)
            {
                models.Add(model);
            }
        }

        return models;
    }

    /// <summary>The semantics of the document and of every other that is the same file.</summary>
    public static async Task<IReadOnlyList<SemanticModel>> AllModelsAsync(Document document, CancellationToken cancellationToken) =>
        await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is { } own
            ? [own, .. await ModelsAsync(document, cancellationToken).ConfigureAwait(false)]
            : [];

    /// <summary>The node as the model's file has it; <see langword="null"/> where a directive leaves it out there.</summary>
    public static T? Counterpart<T>(this SemanticModel model, T node, CancellationToken cancellationToken) where T : SyntaxNode
    {
        if (node.SyntaxTree == model.SyntaxTree)
        {
            return node;
        }

        var root = model.SyntaxTree.GetRoot(cancellationToken);
        return root.FullSpan.Contains(node.Span) ? root.FindNode(node.Span, getInnermostNodeForTie: true).FirstAncestorOrSelf<T>(same => same.Span == node.Span) : null;
    }
}
