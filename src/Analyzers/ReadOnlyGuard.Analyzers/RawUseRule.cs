using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.Analyzers;

/// <summary>A rule about code that bypasses the guard, which <c>[AllowRawNpgsql]</c> can exempt.</summary>
public abstract class RawUseRule : NpgsqlRule
{
    readonly DiagnosticDescriptor _descriptor;

    private protected RawUseRule(DiagnosticDescriptor descriptor, params OperationKind[] kinds)
    {
        _descriptor = descriptor;
        Kinds = ImmutableArray.Create(kinds);
        SupportedDiagnostics = ImmutableArray.Create(descriptor);
    }

    /// <inheritdoc />
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <summary>What <see cref="Detector"/> has to be asked about.</summary>
    internal ImmutableArray<OperationKind> Kinds { get; }

    /// <summary>Tells a raw use from other operations. It is asked about most of what a program does: cheap checks first.</summary>
    internal abstract Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var isRawUse = Detector(context.Compilation, npgsql, context.Options);
        context.RegisterOperationAction(
            use =>
            {
                if (isRawUse(use.Operation) && IsWrong(use))
                {
                    use.ReportDiagnostic(Report(use.Operation));
                }
            },
            Kinds);
    }

    /// <summary>Whether nobody allowed the raw use, and the code does not show that it needs no guard.</summary>
    private protected static bool IsWrong(OperationAnalysisContext use) =>
        !AllowRawNpgsql.Covers(use.Operation, use.ContainingSymbol) &&
        !ExcludedCode.Covers(use.Operation, use.ContainingSymbol, use.Options) &&
        !OtherDatabase.IsInSight(use.Operation, use.ContainingSymbol) &&
        !Fake.IsInSight(use.Operation, use.ContainingSymbol) &&
        !ModelOnly.IsBuiltFrom(use.Operation);

    private protected Diagnostic Report(IOperation use) => Diagnostic.Create(_descriptor, use.Syntax.GetLocation(), MessageArguments(use));

    /// <summary>What the message names: the symbol that is used.</summary>
    private protected virtual object[] MessageArguments(IOperation use) => [UsedName.Of(use)];
}
