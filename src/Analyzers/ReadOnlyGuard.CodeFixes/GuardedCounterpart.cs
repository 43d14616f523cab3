using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReadOnlyGuard.CodeFixes;

/// <summary>
/// The guarded extension method that takes the arguments of a raw one, whichever package has it: <c>AddWritableNpgsqlDataSource</c> for
/// <c>AddNpgsqlDataSource</c>, on whatever that is called on.
/// </summary>
static class GuardedCounterpart
{
    /// <summary>Its name in place of the raw one's, or <see langword="null"/> where some target that shares the file does not bind it.</summary>
    public static SimpleNameSyntax? Of(InvocationExpressionSyntax call, IReadOnlyList<SemanticModel> models, CancellationToken cancellationToken)
    {
        if (call is not { ContainsDiagnostics: false, Expression: MemberAccessExpressionSyntax access })
        {
            return null;
        }

        foreach (var candidate in Names(access.Name.Identifier.ValueText))
        {
            var name = access.Name.WithIdentifier(SyntaxFactory.Identifier(candidate).WithTriviaFrom(access.Name.Identifier));
            var guarded = call.WithExpression(access.WithName(name));
            if (models.All(model => model.Counterpart(call, cancellationToken) is not { } raw || Binds(raw, guarded, model, cancellationToken)))
            {
                return name;
            }
        }

        return null;
    }

    // The guard knows several hosts anyway.
    static IEnumerable<string> Names(string raw)
    {
        raw = raw.Replace("MultiHost", "");
        yield return raw.Replace("Npgsql", "WritableNpgsql");
        if (raw.StartsWith("Add", StringComparison.Ordinal))
        {
            yield return "AddWritable" + raw.Substring("Add".Length);
        }
    }

    static bool Binds(InvocationExpressionSyntax raw, InvocationExpressionSyntax guarded, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(raw, cancellationToken).Symbol is IMethodSymbol before &&
        model.GetSpeculativeSymbolInfo(raw.SpanStart, guarded, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol after &&
        SymbolEqualityComparer.Default.Equals(after.ReturnType, before.ReturnType) &&
        after.Parameters.Take(before.Parameters.Length).Zip(before.Parameters, (a, b) => a.Type.SpecialType == b.Type.SpecialType).All(same => same);
}
