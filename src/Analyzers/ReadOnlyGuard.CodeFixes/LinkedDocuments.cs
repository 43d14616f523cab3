using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>The same file in other targets of its project, or in other projects that link it.</summary>
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
}
