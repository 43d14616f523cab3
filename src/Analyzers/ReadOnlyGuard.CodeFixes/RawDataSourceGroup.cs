using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using ReadOnlyGuard.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>A method that makes raw data sources, taken as a delegate: a lambda that makes guarded ones stands in its place.</summary>
static class RawDataSourceGroup
{
    static readonly string[] ParameterNames = ["connectionString", "text", "source"];

    /// <summary>The lambda as it can be written for all who share the file; <see langword="null"/> where it would not mean the same for one of them.</summary>
    /// <param name="group">The method group.</param>
    /// <param name="models">The semantics of the file in each target.</param>
    /// <param name="guard">The type, as an expression.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static ExpressionSyntax? Guarded(ExpressionSyntax group, IReadOnlyList<SemanticModel> models, ExpressionSyntax guard, CancellationToken cancellationToken)
    {
        if (group.ContainsDiagnostics || group.ContainsDirectives || group.DescendantTrivia().Any(Trivia.IsComment) ||
            // What is taken away again later must be the same delegate.
            group.Parent is AssignmentExpressionSyntax { RawKind: not (int)SyntaxKind.SimpleAssignmentExpression and not (int)SyntaxKind.CoalesceAssignmentExpression })
        {
            return null;
        }

        var written = models
            .Select(model => (model, group: model.Counterpart(group, cancellationToken)))
            .Where(target => target.group is not null)
            .Select(target => Guarded(target.group!, target.model, guard, cancellationToken))
            .ToList();
        return written.Count > 0 && written.All(lambda => lambda is not null && lambda.IsEquivalentTo(written[0]!)) ? written[0] : null;
    }

    static ExpressionSyntax? Guarded(ExpressionSyntax group, SemanticModel model, ExpressionSyntax guard, CancellationToken cancellationToken)
    {
        if (WritableDataSourceType.In(model.Compilation) is not { } type ||
            model.GetOperation(group, cancellationToken) is not IMethodReferenceOperation { Method: var method } reference ||
            DelegateType(group, model, cancellationToken) is not INamedTypeSymbol { DelegateInvokeMethod: { } invoke } ||
            Lambda(group, reference, model, guard) is not var (parameter, made))
        {
            return null;
        }

        if (!(SourceUse.IsGeneral(invoke.ReturnType) || SourceUse.IsGeneral(method.ReturnType)))
        {
            if (invoke.ReturnType.Name == "NpgsqlMultiHostDataSource" || type.GetMembers(WellKnownNames.Members.AsNpgsqlDataSource).IsEmpty)
            {
                return null;
            }

            made = InvocationExpression(Member(made, WellKnownNames.Members.AsNpgsqlDataSource));
        }

        LambdaExpressionSyntax lambda = parameter is null
            ? ParenthesizedLambdaExpression(made)
            : SimpleLambdaExpression(Parameter(Identifier(parameter)), made);
        var arrow = lambda.ArrowToken.WithLeadingTrivia(Space).WithTrailingTrivia(Space);
        ExpressionSyntax written = lambda.WithArrowToken(arrow);
        written = group.Parent is CastExpressionSyntax or BinaryExpressionSyntax or ParenthesizedExpressionSyntax ? ParenthesizedExpression(written) : written;
        return MeansTheSame(group, written, model, cancellationToken) ? written.WithTriviaFrom(group) : null;
    }

    static ITypeSymbol? DelegateType(ExpressionSyntax group, SemanticModel model, CancellationToken cancellationToken) =>
        group.Parent is CastExpressionSyntax cast ? model.GetTypeInfo(cast, cancellationToken).Type : model.GetTypeInfo(group, cancellationToken).ConvertedType;

    static (string? Parameter, ExpressionSyntax Made)? Lambda(ExpressionSyntax group, IMethodReferenceOperation reference, SemanticModel model, ExpressionSyntax guard)
    {
        if (reference.Method is { Name: "Build" or "BuildMultiHost" })
        {
            return group is MemberAccessExpressionSyntax access && IsStable(reference.Instance) && GuardableConnectionString.Is(reference.Instance) &&
                InvocationExpression(access.WithName(IdentifierName(WellKnownNames.Members.BuildWritable)).WithoutTrivia()) is var build &&
                model.GetSpeculativeSymbolInfo(group.SpanStart, build, SpeculativeBindingOption.BindAsExpression).Symbol is not null
                    ? (null, build)
                    : null;
        }

        if (reference.Method.Parameters.Length != 1 ||
            ParameterNames.FirstOrDefault(name => model.LookupSymbols(group.SpanStart, name: name).IsEmpty) is not { } parameter)
        {
            return null;
        }

        ExpressionSyntax given = IdentifierName(parameter);
        given = reference.Method.Parameters[0].Type.SpecialType == SpecialType.System_String ? given : Member(given, "ConnectionString");
        return (parameter, InvocationExpression(Member(guard, WellKnownNames.Members.Create), ArgumentList(SingletonSeparatedList(Argument(given)))));
    }

    // A delegate keeps the builder that it was made with; a lambda looks each time.
    static bool IsStable(IOperation? builder) => builder?.DescendantsAndSelf().All(part => part switch
    {
        ILocalReferenceOperation local => local.Local.RefKind == RefKind.None && Origin.InitialValue(local) is not null,
        IParameterReferenceOperation parameter => parameter.Parameter.RefKind == RefKind.None && Mentions.Around(parameter).ValuesOf(parameter.Parameter).Count == 0,
        IFieldReferenceOperation { Field: var field } => field.IsReadOnly || field.IsConst,
        IPropertyReferenceOperation or IAwaitOperation => false,
        IInvocationOperation call => ConnectionText.IsBuilder(call.Type),
        _ => true,
    }) == true;

    /// <summary>Whether the call that is given the delegate is the same with the lambda: another overload may take it better, or none at all.</summary>
    static bool MeansTheSame(ExpressionSyntax group, ExpressionSyntax lambda, SemanticModel model, CancellationToken cancellationToken) => group.Parent switch
    {
        ArgumentSyntax { Parent: ArgumentListSyntax { Parent: ImplicitObjectCreationExpressionSyntax creation } list } argument =>
            model.GetSymbolInfo(creation, cancellationToken).Symbol is IMethodSymbol constructor &&
            list.Arguments.IndexOf(argument) is var place &&
            constructor.ContainingType.InstanceConstructors.Count(other =>
                other.Parameters.Length == constructor.Parameters.Length && other.Parameters[place].Type.TypeKind == TypeKind.Delegate) == 1,
        ArgumentSyntax { Parent.Parent: ExpressionSyntax call } =>
            model.GetSpeculativeSymbolInfo(call.SpanStart, call.ReplaceNode(group, lambda), SpeculativeBindingOption.BindAsExpression).Symbol is { } after &&
            SymbolEqualityComparer.Default.Equals(after, model.GetSymbolInfo(call, cancellationToken).Symbol),
        _ => true,
    };

    static MemberAccessExpressionSyntax Member(ExpressionSyntax target, string name) =>
        MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, target, IdentifierName(name));
}
