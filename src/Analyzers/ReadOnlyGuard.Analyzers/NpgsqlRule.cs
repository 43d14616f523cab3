using Microsoft.CodeAnalysis.Diagnostics;

namespace ReadOnlyGuard.Analyzers;

/// <summary>A rule about the use of Npgsql: where that is not referenced, the rule registers nothing and costs nothing.</summary>
public abstract class NpgsqlRule : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        // Generated code is not analysed, so nothing is reported there. Without the flag the compiler makes sure of that at each
        // report, by reading the whole file for the attribute: most of what the rules took.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (NpgsqlTypes.In(start.Compilation) is { } npgsql)
            {
                Register(start, npgsql);
            }
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql);
}
