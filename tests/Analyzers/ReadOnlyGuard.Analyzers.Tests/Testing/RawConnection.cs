using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Testing;

/// <summary>ROG001 and its fix on C#. Marked code (<c>[|new …|]</c>) is reported; whatever is not marked must not be.</summary>
static class RawConnection
{
    public const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Data;
        using System.Data.Common;
        using System.Threading;
        using System.Threading.Tasks;
        using Npgsql;

        """;

    public static string InClass(string members) => $"{Usings}\nclass Orders\n{{\n{members}\n}}\n";

    public static Task IsReportedIn(string source, Action<SolutionState>? configure = null)
    {
        var test = new CSharpAnalyzerTest<ConnectionIsNotCreatedRaw, DefaultVerifier> { TestCode = source };
        return Run(test, configure);
    }

    /// <summary>As <see cref="IsReportedIn"/>, for code without a mark.</summary>
    public static Task IsSilentIn(string source, Action<SolutionState>? configure = null) => IsReportedIn(source, configure);

    /// <summary>The marked code becomes <paramref name="after"/>, one by one and by Fix All in document, project and solution alike.</summary>
    public static Task IsFixed(string before, string after, Action<SolutionState>? configure = null)
    {
        var test = new CSharpCodeFixTest<ConnectionIsNotCreatedRaw, ConnectionIsNotCreatedRawFixer, DefaultVerifier> { TestCode = before };
        return Run(test, state =>
        {
            configure?.Invoke(state);
            test.FixedState.Sources.Add(after);
            test.FixedState.Sources.AddRange(state.Sources.Skip(1));
        });
    }

    /// <summary>As <see cref="IsFixed"/>, for members of a class; the namespace is imported.</summary>
    public static Task IsFixedInClass(string before, string after) =>
        IsFixed(InClass(before), InClass(after).Replace("using Npgsql;\n", "using Npgsql;\nusing ReadOnlyGuard;\n"));

    /// <summary>The marked code is reported, and no fix is offered.</summary>
    public static Task IsNotFixed(string source, Action<SolutionState>? configure = null) => IsFixed(source, source, configure);

    public static void TopLevel(SolutionState state) => state.OutputKind = OutputKind.ConsoleApplication;

    public static void WithoutRuntime(SolutionState state) => state.AdditionalReferences.Remove(References.Runtime);

    public static void WithoutNpgsql(SolutionState state)
    {
        WithoutRuntime(state);
        state.AdditionalReferences.Remove(References.Npgsql);
    }

    static Task Run(AnalyzerTest<DefaultVerifier> test, Action<SolutionState>? configure)
    {
        test.ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        test.TestState.AdditionalReferences.AddRange([.. References.Framework, References.Npgsql, References.Runtime]);
        // A fix that compiles with a new warning breaks a build which treats warnings as errors.
        test.CompilerDiagnostics = CompilerDiagnostics.Warnings;
        // The SDK silences it everywhere: the runtime is built against the oldest Npgsql.
        test.DisabledDiagnostics.Add("CS1701");
        test.SolutionTransforms.Add((solution, project) => solution.WithProjectCompilationOptions(
            project, ((CSharpCompilationOptions)solution.GetProject(project)!.CompilationOptions!).WithNullableContextOptions(NullableContextOptions.Enable)));
        configure?.Invoke(test.TestState);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
