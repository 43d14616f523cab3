using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReadOnlyGuard.Analyzers;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// The one guarded source in scope that is declared with the very connection string of a site, and so is for the same database: it is
/// taken without asking.
/// </summary>
static class SourceOfConnectionString
{
    public static IdentifierNameSyntax? At(
        BaseObjectCreationExpressionSyntax creation, SemanticModel model, INamedTypeSymbol guard, CancellationToken cancellationToken)
    {
        if (RawConnectionSite.ConnectionString(creation) is not { } connectionString ||
            model.GetSymbolInfo(connectionString, cancellationToken).Symbol is not { } given ||
            !NeverChanges(given, model, cancellationToken))
        {
            return null;
        }

        var made = SourcesInScope.At(creation, model, guard, cancellationToken)
            .Where(source => Declared(source, creation, model) is { } declaration && IsMadeFrom(given, declaration, model, cancellationToken))
            .ToList();
        return made.Count == 1 ? made[0] : null;
    }

    static VariableDeclaratorSyntax? Declared(IdentifierNameSyntax source, SyntaxNode site, SemanticModel model)
    {
        var symbol = model.LookupSymbols(site.SpanStart, name: source.Identifier.ValueText).FirstOrDefault();
        return (symbol is ILocalSymbol && !IsAssigned(symbol, model, default) || symbol is IFieldSymbol { IsReadOnly: true }) &&
            symbol.DeclaringSyntaxReferences is [var declaration] &&
            declaration.SyntaxTree == site.SyntaxTree
                ? declaration.GetSyntax() as VariableDeclaratorSyntax
                : null;
    }

    static bool IsMadeFrom(ISymbol connectionString, VariableDeclaratorSyntax declaration, SemanticModel model, CancellationToken cancellationToken) =>
        declaration.Initializer?.Value is InvocationExpressionSyntax { ArgumentList.Arguments: [var only] } made &&
        model.GetSymbolInfo(made, cancellationToken).Symbol is IMethodSymbol { IsStatic: true, Name: WellKnownNames.Members.Create or WellKnownNames.Members.For } &&
        IsSame(model.GetSymbolInfo(only.Expression, cancellationToken).Symbol, connectionString);

    // A readonly field can change in a constructor, but not once a source was declared with it.
    static bool NeverChanges(ISymbol connectionString, SemanticModel model, CancellationToken cancellationToken) => connectionString switch
    {
        IFieldSymbol field => field.IsConst || field.IsReadOnly && field.IsStatic,
        IParameterSymbol { RefKind: RefKind.None } or ILocalSymbol { RefKind: RefKind.None } => !IsAssigned(connectionString, model, cancellationToken),
        _ => false,
    };

    static bool IsAssigned(ISymbol symbol, SemanticModel model, CancellationToken cancellationToken) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is { } declaration &&
        (declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>(member => member is not GlobalStatementSyntax) ?? declaration.SyntaxTree.GetRoot(cancellationToken)).DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            name.Identifier.ValueText == symbol.Name && IsWritten(name) && IsSame(model.GetSymbolInfo(name, cancellationToken).Symbol, symbol));

    static bool IsWritten(IdentifierNameSyntax name) => name.Parent is
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or
        ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } } ||
        name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name;

    static bool IsSame(ISymbol? one, ISymbol? other) => SymbolEqualityComparer.Default.Equals(one, other);
}
