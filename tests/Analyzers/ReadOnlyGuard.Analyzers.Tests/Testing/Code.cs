using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Testing;

/// <summary>One rule on C#. Marked code (<c>[|c.Open()|]</c>) is reported; whatever is not marked must not be.</summary>
static class Code<TRule> where TRule : DiagnosticAnalyzer, new()
{
    public static Task IsReportedIn(string source, Action<SolutionState>? configure = null) =>
        Code.Run(new CSharpAnalyzerTest<TRule, DefaultVerifier> { TestCode = source }, configure);

    public static Task IsReportedInClass(string members) => IsReportedIn(Code.InClass(members));

    /// <summary>As <see cref="IsReportedIn"/>, for code without a mark.</summary>
    public static Task IsSilentIn(string source, Action<SolutionState>? configure = null) => IsReportedIn(source, configure);

    public static Task IsSilentInClass(string members) => IsReportedInClass(members);
}

/// <summary>One rule and its fix on C#.</summary>
static class Code<TRule, TFixer> where TRule : DiagnosticAnalyzer, new() where TFixer : CodeFixProvider, new()
{
    /// <summary>The marked code becomes <paramref name="after"/>, one by one and by Fix All in document, project and solution alike.</summary>
    public static Task IsFixed(string before, string after, Action<SolutionState>? configure = null)
    {
        var test = new CSharpCodeFixTest<TRule, TFixer, DefaultVerifier>
        {
            TestCode = before,
            // The Fix All of that one changes nothing.
            CodeFixTestBehaviors = typeof(TFixer) == typeof(AllowWithReasonFixer) ? CodeFixTestBehaviors.SkipFixAllCheck : CodeFixTestBehaviors.None,
        };
        return Code.Run(test, state =>
        {
            configure?.Invoke(state);
            test.FixedState.MarkupHandling = MarkupMode.Allow;
            test.FixedState.Sources.Add(after);
            test.FixedState.Sources.AddRange(state.Sources.Skip(1));
        });
    }

    public static Task IsFixedInClass(string before, string after) => IsFixed(Code.InClass(before), Code.InClass(after));

    /// <summary>As <see cref="IsFixedInClass"/>, where the fix imports the guard's namespace.</summary>
    public static Task IsFixedAndImportedInClass(string before, string after) =>
        IsFixed(Code.InClass(before), Code.InClass(after).Replace("using Npgsql;\n", "using Npgsql;\nusing ReadOnlyGuard;\n"));

    /// <summary>The marked code is reported, and no fix is offered.</summary>
    public static Task IsNotFixed(string source, Action<SolutionState>? configure = null) => IsFixed(source, source, configure);

    public static Task IsNotFixedInClass(string members) => IsNotFixed(Code.InClass(members));
}

static class Code
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

    public static void TopLevel(SolutionState state) => state.OutputKind = OutputKind.ConsoleApplication;

    public static void WithoutRuntime(SolutionState state) => state.AdditionalReferences.Remove(References.Runtime);

    public static void WithoutNpgsql(SolutionState state)
    {
        WithoutRuntime(state);
        state.AdditionalReferences.Remove(References.Npgsql);
    }

    public static void WithRegistrations(SolutionState state) =>
        state.AdditionalReferences.AddRange([References.DependencyInjection, References.Registrations]);

    public static Task Run(AnalyzerTest<DefaultVerifier> test, Action<SolutionState>? configure)
    {
        test.ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        test.TestState.AdditionalReferences.AddRange([.. References.Framework, References.Npgsql, References.Runtime]);
        // A fix that compiles with a new warning breaks a build which treats warnings as errors.
        test.CompilerDiagnostics = CompilerDiagnostics.Warnings;
        // The SDK silences them everywhere: the runtime is built against the oldest Npgsql, and the provider against an older EF Core.
        test.DisabledDiagnostics.AddRange(["CS1701", "CS1702"]);
        test.SolutionTransforms.Add((solution, project) => solution.WithProjectCompilationOptions(
            project, ((CSharpCompilationOptions)solution.GetProject(project)!.CompilationOptions!).WithNullableContextOptions(NullableContextOptions.Enable)));
        configure?.Invoke(test.TestState);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
