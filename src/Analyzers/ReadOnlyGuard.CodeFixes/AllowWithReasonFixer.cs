using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
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
    /// One that changes nothing. A reason is one place's own; and <c>dotnet format</c>, which runs every provider of an ID, would allow every
    /// raw use instead of guarding it. Without any it complains at each run.
    /// </summary>
    public override FixAllProvider GetFixAllProvider() => new NothingFixed();

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

    sealed class NothingFixed : FixAllProvider
    {
        // The one that dotnet format asks for; in a document or project an editor would offer what does nothing.
        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Solution];

        // It also expects an action with a solution, even where nothing changes.
        public override Task<CodeAction?> GetFixAsync(FixAllContext context) =>
            Task.FromResult<CodeAction?>(CodeAction.Create("Allow with reason", _ => Task.FromResult(context.Solution), context.CodeActionEquivalenceKey));
    }
}
