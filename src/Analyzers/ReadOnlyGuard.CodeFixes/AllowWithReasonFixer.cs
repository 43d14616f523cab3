using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// Puts <c>[AllowRawNpgsql]</c> on the member, for code that must not be guarded. ROG009 reports the placeholder until it is a reason.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AllowWithReasonFixer)), Shared]
public sealed class AllowWithReasonFixer() : WholeDocumentFixer("Allow with reason", RuleIds.RawUses)
{
    /// <summary>
    /// None. A reason is one place's own; and <c>dotnet format</c>, which applies whichever provider of an ID can fix all, would allow
    /// every raw use instead of guarding it.
    /// </summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    private protected override async Task<Func<Document>?> PlanAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root ||
            await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { Compilation: var compilation } ||
            compilation.GetTypeByMetadataName(WellKnownNames.Namespace + "." + WellKnownNames.AllowRawNpgsqlAttribute) is not { } attribute ||
            !compilation.IsSymbolAccessibleWithin(attribute, compilation.Assembly) ||
            !attribute.InstanceConstructors.Any(constructor => constructor.Parameters is [{ Type.SpecialType: SpecialType.System_String }]))
        {
            return null;
        }

        var members = diagnostics.Select(diagnostic => Member(root.FindNode(diagnostic.Location.SourceSpan))).OfType<MemberDeclarationSyntax>().Distinct().ToList();
        if (members.Count == 0)
        {
            return null;
        }

        var name = (NameSyntax)SyntaxGenerator.GetGenerator(document).TypeExpression(attribute).WithAdditionalAnnotations(Simplifier.AddImportsAnnotation);
        return () => document.WithSyntaxRoot(root.ReplaceNodes(members, (_, member) => Allowed(member, name)));
    }

    /// <summary>The innermost declaration that the attribute can stand on; none where it is not typed to its end.</summary>
    static MemberDeclarationSyntax? Member(SyntaxNode use) => use.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault(CanBeMarked) is
        { ContainsDiagnostics: false } member and not InterfaceDeclarationSyntax &&
        !member.GetFirstToken().GetPreviousToken(includeZeroWidth: true).IsMissing
            ? member
            : null;

    static bool CanBeMarked(MemberDeclarationSyntax member) =>
        member is BaseMethodDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax or FieldDeclarationSyntax or TypeDeclarationSyntax;

    static MemberDeclarationSyntax Allowed(MemberDeclarationSyntax member, NameSyntax attribute)
    {
        var above = member.GetLeadingTrivia();
        var indentation = above.Reverse().TakeWhile(Trivia.IsBlank);
        var reason = AttributeArgument(LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(AllowRawNpgsql.Placeholder)));
        var list = AttributeList(SingletonSeparatedList(Attribute(attribute, AttributeArgumentList(SingletonSeparatedList(reason)))))
            .WithLeadingTrivia(above)
            .WithTrailingTrivia(ElasticLineFeed);
        member = member.WithLeadingTrivia(indentation);
        return member.WithAttributeLists(member.AttributeLists.Insert(0, list));
    }
}
