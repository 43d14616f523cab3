using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Testing;

/// <summary>ROG001 and its fix on C#. Marked code (<c>[|new …|]</c>) is reported; whatever is not marked must not be.</summary>
static class RawConnection
{
    public const string Usings = Code.Usings;

    public static string InClass(string members) => Code.InClass(members);

    public static Task IsReportedIn(string source, Action<SolutionState>? configure = null) =>
        Code<ConnectionIsNotCreatedRaw>.IsReportedIn(source, configure);

    /// <summary>As <see cref="IsReportedIn"/>, for code without a mark.</summary>
    public static Task IsSilentIn(string source, Action<SolutionState>? configure = null) => IsReportedIn(source, configure);

    /// <summary>The marked code becomes <paramref name="after"/>, one by one and by Fix All in document, project and solution alike.</summary>
    public static Task IsFixed(string before, string after, Action<SolutionState>? configure = null) =>
        Code<ConnectionIsNotCreatedRaw, ConnectionIsNotCreatedRawFixer>.IsFixed(before, after, configure);

    /// <summary>As <see cref="IsFixed"/>, for members of a class; the namespace is imported.</summary>
    public static Task IsFixedInClass(string before, string after) =>
        Code<ConnectionIsNotCreatedRaw, ConnectionIsNotCreatedRawFixer>.IsFixedAndImportedInClass(before, after);

    /// <summary>The marked code is reported, and no fix is offered.</summary>
    public static Task IsNotFixed(string source, Action<SolutionState>? configure = null) => IsFixed(source, source, configure);

    public static void TopLevel(SolutionState state) => Code.TopLevel(state);

    public static void WithoutRuntime(SolutionState state) => Code.WithoutRuntime(state);

    public static void WithoutNpgsql(SolutionState state) => Code.WithoutNpgsql(state);
}
