using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>A file that two targets share is one text: whatever is written for one of them is there for the other.</summary>
public sealed class LinkedFiles
{
    const string Shared = "/shared/Orders.cs";

    const string Raw = """
        using System;
        using Npgsql;

        class Orders
        {
            object Make() => new NpgsqlConnection(Environment.GetEnvironmentVariable("DB"));

            void Run(string cs)
            {
                using var connection = new NpgsqlConnection(cs);
                connection.Open();
            }

            object Source(string cs)
            {
                using var source = NpgsqlDataSource.Create(cs);
                return source.ConnectionString;
            }
        }

        """;

    [Fact]
    public async Task Become_the_same_for_every_target()
    {
        var solution = Workbench.Empty
            .WithTarget("Annotated", guarded: true, nullable: true, (Shared, Raw))
            .WithTarget("Plain", guarded: true, nullable: false, (Shared, Raw));

        var texts = await (await solution.FixAllAsync(FixAllScope.Solution)).TextsAsync();

        Assert.Contains("WritableDataSource.For(Environment.GetEnvironmentVariable(\"DB\")!)", texts[0], StringComparison.Ordinal);
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public async Task Stay_as_they_are_where_a_target_has_no_guard()
    {
        var solution = Workbench.Empty
            .WithTarget("Guarded", guarded: true, nullable: true, (Shared, Raw))
            .WithTarget("Unguarded", guarded: false, nullable: true, (Shared, Raw));

        foreach (CodeFixProvider fixer in (CodeFixProvider[])[new ConnectionIsNotCreatedRawFixer(), new DataSourceIsNotRawFixer()])
            Assert.All(await (await solution.FixAllAsync(FixAllScope.Solution, fixer)).TextsAsync(), text => Assert.Equal(Raw, text));
    }
}
