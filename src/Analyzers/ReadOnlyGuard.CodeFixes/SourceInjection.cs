using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// A parameter for the guarded source, where nobody but a container calls: the constructor of a class that the solution neither creates
/// nor derives from, or a lambda that is a minimal API's handler. Only where the solution registers a source, or the program would not start.
/// </summary>
sealed class SourceInjection
{
    static readonly string[] Names = ["source", "writableDataSource", "guardedDataSource"];
    static readonly string[] TestAttributes = ["Fact", "Theory", "Test", "TestCase", "TestMethod", "DataTestMethod"];

    // What a framework, a tool or a serializer may create by itself.
    static readonly string[] CreatedElsewhere = ["Attribute", "Exception", "DbContext", "PageModel", "Migration", "ComponentBase"];

    readonly Func<SyntaxNode, TypeSyntax, SyntaxNode> _declare;
    readonly INamedTypeSymbol _guard;

    SourceInjection(string name, INamedTypeSymbol guard, Func<SyntaxNode, TypeSyntax, SyntaxNode> declare)
    {
        Source = SyntaxFactory.IdentifierName(name);
        _guard = guard;
        _declare = declare;
    }

    /// <summary>What is injected, as the code at the site names it.</summary>
    public IdentifierNameSyntax Source { get; }

    public static async Task<SourceInjection?> PlanAsync(
        Document document, BaseObjectCreationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        var injection = OfHandler(creation, model, guard, cancellationToken)
            ?? await OfConstructorAsync(document, creation, model, guard, cancellationToken).ConfigureAwait(false);
        return injection is not null && await IsRegisteredAsync(document.Project.Solution, model.Compilation, cancellationToken).ConfigureAwait(false)
            ? injection
            : null;
    }

    /// <param name="rewritten">The document in which the site uses <see cref="Source"/> already.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Document> DeclareAsync(Document rewritten, CancellationToken cancellationToken)
    {
        var root = await rewritten.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return rewritten.WithSyntaxRoot(_declare(root!, WritableDataSourceType.Name(_guard, rewritten)));
    }

    static SourceInjection? OfHandler(
        BaseObjectCreationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        if (creation.Ancestors().FirstOrDefault(outer => outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) is not ParenthesizedLambdaExpressionSyntax lambda ||
            lambda.ContainsDiagnostics ||
            lambda.ParameterList.Parameters.Any(parameter => parameter.Type is null) ||
            lambda.Parent is not ArgumentSyntax ||
            model.GetTypeInfo(lambda, cancellationToken).ConvertedType?.ToDisplayString() != "System.Delegate" ||
            lambda.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call ||
            model.GetSymbolInfo(call, cancellationToken).Symbol?.ContainingType.ToDisplayString() != "Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions" ||
            Unused(Names, creation, model) is not { } name)
        {
            return null;
        }

        // Nothing before the site moves when it is rewritten.
        var start = lambda.SpanStart;
        return new(name, guard, (root, type) =>
        {
            var parameters = root.FindToken(start).Parent!.AncestorsAndSelf().OfType<ParenthesizedLambdaExpressionSyntax>().First(found => found.SpanStart == start).ParameterList;
            return root.ReplaceNode(parameters, With(parameters, name, type));
        });
    }

    static async Task<SourceInjection?> OfConstructorAsync(
        Document document, BaseObjectCreationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        if (creation.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not ClassDeclarationSyntax { ContainsDiagnostics: false } declaration ||
            model.GetDeclaredSymbol(declaration, cancellationToken) is not { IsStatic: false, DeclaringSyntaxReferences.Length: 1 } type ||
            type.InstanceConstructors is not [{ IsImplicitlyDeclared: false, Parameters.Length: > 0 } constructor] ||
            !IsInInstanceMember(creation, constructor, model, cancellationToken) ||
            IsCreatedElsewhere(type) ||
            (await SymbolFinder.FindDerivedClassesAsync(type, document.Project.Solution, cancellationToken: cancellationToken).ConfigureAwait(false)).Any() ||
            (await SymbolFinder.FindReferencesAsync(constructor, document.Project.Solution, cancellationToken).ConfigureAwait(false)).Any(found => found.Locations.Any()))
        {
            return null;
        }

        var start = declaration.SpanStart;
        ClassDeclarationSyntax Class(SyntaxNode root) => root.FindToken(start).Parent!.AncestorsAndSelf().OfType<ClassDeclarationSyntax>().First(found => found.SpanStart == start);

        if (declaration.ParameterList is not null)
        {
            return Unused(Names, creation, model) is { } captured
                ? new(captured, guard, (root, name) => root.ReplaceNode(Class(root).ParameterList!, With(Class(root).ParameterList!, captured, name)))
                : null;
        }

        return InjectedField.Of(declaration, Names, candidates => Unused(candidates, creation, model)) is { } field
            ? new(field.Name, guard, (root, name) => root.ReplaceNode(Class(root), field.In(Class(root), name)))
            : null;
    }

    /// <summary>The list with another parameter: the last one that has to be given, laid out as its neighbours are.</summary>
    public static ParameterListSyntax With(ParameterListSyntax list, string name, TypeSyntax type)
    {
        var parameters = list.Parameters;
        var index = parameters.TakeWhile(parameter => parameter.Default is null && !parameter.Modifiers.Any(SyntaxKind.ParamsKeyword)).Count();
        var added = SyntaxFactory.Parameter(SyntaxFactory.Identifier(name)).WithType(type.WithTrailingTrivia(SyntaxFactory.Space));
        if (parameters.Count == 0)
        {
            return list.AddParameters(added);
        }

        added = added.WithLeadingTrivia(parameters[Math.Min(index, parameters.Count - 1)].GetLeadingTrivia().Where(Trivia.IsBlank));
        var comma = parameters.SeparatorCount > 0
            ? parameters.GetSeparator(parameters.SeparatorCount - 1)
            : SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        var nodes = parameters.ToList();
        var last = nodes[nodes.Count - 1];
        if (index == nodes.Count)
        {
            // What ends the line after the last one ends it after the new one.
            nodes[nodes.Count - 1] = last.WithoutTrailingTrivia();
            added = added.WithTrailingTrivia(last.GetTrailingTrivia());
        }

        nodes.Insert(index, added);
        var separators = parameters.GetSeparators().ToList();
        separators.Insert(Math.Min(index, separators.Count), comma);
        return list.WithParameters(SyntaxFactory.SeparatedList(nodes, separators));
    }

    static bool IsInInstanceMember(BaseObjectCreationExpressionSyntax creation, IMethodSymbol constructor, SemanticModel model, CancellationToken cancellationToken)
    {
        if (creation.Ancestors().Any(outer => outer is ConstructorDeclarationSyntax or PrimaryConstructorBaseTypeSyntax or BaseFieldDeclarationSyntax or
            EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax } ||
            outer is AnonymousFunctionExpressionSyntax lambda && lambda.Modifiers.Any(SyntaxKind.StaticKeyword) ||
            outer is LocalFunctionStatementSyntax local && local.Modifiers.Any(SyntaxKind.StaticKeyword)))
        {
            return false;
        }

        var member = model.GetEnclosingSymbol(creation.SpanStart, cancellationToken);
        while (member is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            member = member.ContainingSymbol;
        }

        return member is { IsStatic: false } && SymbolEqualityComparer.Default.Equals(member.ContainingType, constructor.ContainingType);
    }

    static bool IsCreatedElsewhere(INamedTypeSymbol type)
    {
        for (var derived = type.BaseType; derived is not null; derived = derived.BaseType)
        {
            if (CreatedElsewhere.Contains(derived.Name))
            {
                return true;
            }
        }

        return type.GetMembers().SelectMany(member => member.GetAttributes()).Any(attribute => TestAttributes.Any(test => attribute.AttributeClass?.Name == test + "Attribute"));
    }

    static string? Unused(IEnumerable<string> names, SyntaxNode site, SemanticModel model) =>
        names.FirstOrDefault(name => model.LookupSymbols(site.SpanStart, name: name).IsEmpty);

    static async Task<bool> IsRegisteredAsync(Solution solution, Compilation compilation, CancellationToken cancellationToken)
    {
        var extensions = compilation.GetTypeByMetadataName(WellKnownNames.ServiceCollectionExtensions);
        foreach (var registration in extensions is null ? Enumerable.Empty<ISymbol>() : extensions.GetMembers())
        {
            if (registration.Name is WellKnownNames.Members.AddDataSource or WellKnownNames.Members.AddSlimDataSource &&
                (await SymbolFinder.FindReferencesAsync(registration, solution, cancellationToken).ConfigureAwait(false)).Any(found => found.Locations.Any()))
            {
                return true;
            }
        }

        return false;
    }
}
