using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>Machine-made code nests as deep as the compiler can follow.</summary>
public sealed class DeepNesting
{
    const int Depth = 300;
    const string Raw = "new NpgsqlConnection(cs)";

    public static TheoryData<string> Expressions =>
    [
        $"new NpgsqlConnection({string.Join(" + ", Enumerable.Repeat("cs", 10 * Depth))})",
        Nested("(", Raw, ")"),
        Nested("Same(", Raw, ")"),
        Nested("new Func<object>(() => ", Raw, ")", depth: 50),
        Nested("cs == null ? null : ", Raw, ""),
        Nested("new List<object> { ", Raw, " }"),
        Nested("new NpgsqlConnection(Name(", Raw, "))", depth: 12),
        Raw + string.Concat(Enumerable.Repeat(".ToString()", Depth)),
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Of_an_expression_overflows_nothing(string expression)
    {
        var solution = Workbench.WithFile(RawConnection.InClass(
            $"object? Make(string cs) => {expression};\nobject Same(object value) => value;\nstring Name(NpgsqlConnection value) => value.Host!;"));
        Assert.Empty(await solution.CompileErrorsAsync());

        var text = Assert.Single(await (await solution.FixAllAsync(FixAllScope.Document)).TextsAsync());

        Assert.DoesNotContain("new NpgsqlConnection", text);
    }

    [Fact]
    public async Task Of_blocks_overflows_nothing()
    {
        var body = Nested("if (cs != \"\") { ", "using var c = new NpgsqlConnection(cs); c.Open();", " }");

        var solution = await Workbench.WithFile(RawConnection.InClass($"void Run(string cs) {{ {body} }}")).FixAllAsync(FixAllScope.Document);

        Assert.Contains("using var c = WritableDataSource.For(cs).OpenConnection();", Assert.Single(await solution.TextsAsync()));
    }

    static string Nested(string open, string innermost, string close, int depth = Depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + innermost + string.Concat(Enumerable.Repeat(close, depth));
}
