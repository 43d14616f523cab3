using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG009: an <c>[AllowRawNpgsql]</c> says why it is there, and is gone when there is nothing left to allow.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ExemptionIsUsed : NpgsqlRule
{
    /// <summary>Marks, in a diagnostic's properties, an exemption that can be removed.</summary>
    internal const string Unused = "unused";

    static readonly ImmutableDictionary<string, string?> UnusedProperties = ImmutableDictionary<string, string?>.Empty.Add(Unused, null);
    static readonly char[] Filling = [' ', '\t', '.', '…', '?', '!', '-', '_', '<', '>', '(', ')', '[', ']'];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UnusedExemption);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var detectors = RawUseRules.All
            .Select(rule => (rule.Kinds, IsRawUse: rule.Detector(context.Compilation, npgsql, context.Options)))
            .ToList();
        var used = new ConcurrentDictionary<(SyntaxTree, TextSpan), bool>();
        bool IsRawUse(IOperation operation) => detectors.Any(rule => rule.Kinds.Contains(operation.Kind) && rule.IsRawUse(operation));

        context.RegisterSymbolStartAction(
            start =>
            {
                var exemptions = In((INamedTypeSymbol)start.Symbol);
                if (exemptions.Count == 0 && !IsNestedInOne(start.Symbol))
                {
                    return;
                }

                start.RegisterOperationAction(
                    operation =>
                    {
                        if (IsRawUse(operation.Operation))
                        {
                            foreach (var covering in AllowRawNpgsql.Covering(operation.Operation, operation.ContainingSymbol))
                            {
                                if (covering.ApplicationSyntaxReference is { } syntax)
                                {
                                    used[(syntax.SyntaxTree, syntax.Span)] = true;
                                }
                            }
                        }
                    },
                    detectors.SelectMany(rule => rule.Kinds).Distinct().ToImmutableArray());
                // A type ends after the types nested in it.
                start.RegisterSymbolEndAction(end =>
                {
                    foreach (var exemption in exemptions)
                    {
                        Check(exemption, syntax => used.ContainsKey((syntax.SyntaxTree, syntax.Span)), end.ReportDiagnostic);
                    }
                });
            },
            SymbolKind.NamedType);

        context.RegisterOperationAction(
            function =>
            {
                var symbol = function.Operation is ILocalFunctionOperation local
                    ? local.Symbol
                    : ((IAnonymousFunctionOperation)function.Operation).Symbol;
                if (AllowRawNpgsql.On(symbol) is { } exemption)
                {
                    Check(exemption, _ => function.Operation.Descendants().Any(IsRawUse), function.ReportDiagnostic);
                }
            },
            OperationKind.LocalFunction,
            OperationKind.AnonymousFunction);

        var assembly = context.Compilation.Assembly;
        context.RegisterSyntaxTreeAction(tree =>
        {
            if (AllowRawNpgsql.On(assembly) is { ApplicationSyntaxReference.SyntaxTree: var home } onAssembly && tree.Tree == home)
            {
                // Whether a whole assembly has raw uses is known only when all of it was read, too late for an editor.
                Check(onAssembly, _ => true, tree.ReportDiagnostic);
            }
        });
    }

    static List<AttributeData> In(INamedTypeSymbol type) => type.GetMembers()
        .Where(member => member is not INamedTypeSymbol)
        .Prepend(type)
        .Select(AllowRawNpgsql.On)
        .OfType<AttributeData>()
        .ToList();

    static bool IsNestedInOne(ISymbol type)
    {
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (AllowRawNpgsql.On(outer) is not null)
            {
                return true;
            }
        }

        return false;
    }

    static void Check(AttributeData exemption, Func<SyntaxReference, bool> isUsed, Action<Diagnostic> report)
    {
        if (exemption is not { ApplicationSyntaxReference: { } syntax, AttributeConstructor: not null } ||
            exemption.ConstructorArguments.Any(argument => argument.Kind == TypedConstantKind.Error))
        {
            return;
        }

        var location = Location.Create(syntax.SyntaxTree, syntax.Span);
        if (!isUsed(syntax))
        {
            report(Diagnostic.Create(Descriptors.UnusedExemption, location, UnusedProperties, "No code here uses Npgsql directly: remove [AllowRawNpgsql]"));
        }
        else if (!IsReason(exemption.ConstructorArguments.FirstOrDefault().Value as string))
        {
            report(Diagnostic.Create(Descriptors.UnusedExemption, location, "[AllowRawNpgsql] needs a reason: say why this code must not be guarded"));
        }
    }

    static bool IsReason(string? reason) =>
        reason?.Trim(Filling) is { Length: > 0 } words &&
        !new[] { "todo", "fixme", "tbd" }.Any(marker => words.StartsWith(marker, StringComparison.OrdinalIgnoreCase)) &&
        !new[] { "reason", "why", "because" }.Contains(words, StringComparer.OrdinalIgnoreCase);
}
