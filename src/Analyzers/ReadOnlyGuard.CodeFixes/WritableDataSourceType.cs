using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// How <c>WritableDataSource</c> is written. The clean-up that follows every code action imports the namespace and shortens the name,
/// each only where nothing becomes ambiguous.
/// </summary>
static class WritableDataSourceType
{
    /// <summary>The type, or <see langword="null"/> where code cannot use it.</summary>
    public static INamedTypeSymbol? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName(WellKnownNames.Namespace + "." + WellKnownNames.WritableDataSource) is { } type &&
        compilation.IsSymbolAccessibleWithin(type, compilation.Assembly)
            ? type
            : null;

    /// <summary>
    /// The type, or <see langword="null"/> where a target or project that shares this file cannot use it: what is written here is written there.
    /// </summary>
    public static async Task<INamedTypeSymbol?> InAsync(Document document, CancellationToken cancellationToken)
    {
        foreach (var model in await LinkedDocuments.ModelsAsync(document, cancellationToken).ConfigureAwait(false))
        {
            if (In(model.Compilation) is null)
            {
                return null;
            }
        }

        return await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is { } own ? In(own.Compilation) : null;
    }

    public static TypeSyntax Name(INamedTypeSymbol type, Document document) =>
        (TypeSyntax)SyntaxGenerator.GetGenerator(document).TypeExpression(type).WithAdditionalAnnotations(Simplifier.AddImportsAnnotation);

    public static ExpressionSyntax Expression(INamedTypeSymbol type, Document document)
    {
        // The generator writes a name in the form for types; in front of `.For` the language has it as a member access.
        var name = (QualifiedNameSyntax)Name(type, document);
        return name.CopyAnnotationsTo(SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, name.Left, name.Right))!;
    }
}
