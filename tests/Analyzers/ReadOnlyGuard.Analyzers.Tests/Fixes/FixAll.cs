using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>Fix All as an editor runs it, over two projects of two files each.</summary>
public sealed class FixAll
{
    const string Raw = """
        // Copyright
        using System.Threading.Tasks;
        using Npgsql;

        namespace Shop;

        file class Orders
        {
            readonly NpgsqlConnection _kept = new("Host=a"); // never opened here

            async Task Run(string cs)
            {
                // first
                await using var a = new NpgsqlConnection(cs);
                await a.OpenAsync();

                using (var b = new NpgsqlConnection(cs))
                {
                    // second
                    b.Open();
                }

                var unassigned = new NpgsqlConnection();
            }
        }

        """;

    const string Guarded = """
        // Copyright
        using System.Threading.Tasks;
        using Npgsql;
        using ReadOnlyGuard;

        namespace Shop;

        file class Orders
        {
            readonly NpgsqlConnection _kept = WritableDataSource.For("Host=a").CreateConnection(); // never opened here

            async Task Run(string cs)
            {
                // first
                await using var a = await WritableDataSource.For(cs).OpenConnectionAsync();

                using (var b = WritableDataSource.For(cs).OpenConnection())
                {
                    // second
                }

                var unassigned = new NpgsqlConnection();
            }
        }

        """;

    [Theory]
    [InlineData(FixAllScope.Document, 1)]
    [InlineData(FixAllScope.Project, 2)]
    [InlineData(FixAllScope.Solution, 4)]
    public async Task Rewrites_everything_in_its_scope_and_nothing_outside(FixAllScope scope, int files)
    {
        var solution = await TwoProjects().FixAllAsync(scope);

        var texts = await solution.TextsAsync();
        Assert.Equal(files, texts.Count(text => text == Guarded));
        Assert.Equal(4 - files, texts.Count(text => text == Raw));
        Assert.Empty(await solution.CompileErrorsAsync());
    }

    [Theory]
    [InlineData(FixAllScope.Document)]
    [InlineData(FixAllScope.Project)]
    [InlineData(FixAllScope.Solution)]
    public async Task Run_twice_changes_nothing(FixAllScope scope)
    {
        var once = await TwoProjects().FixAllAsync(scope);
        var twice = await once.FixAllAsync(scope);

        Assert.Equal(await once.TextsAsync(), await twice.TextsAsync());
    }

    [Fact]
    public async Task Rewrites_a_hundred_sites_in_one_file()
    {
        const int sites = 100;
        var methods = Enumerable.Range(0, sites).Select(i =>
            $"    void M{i}(string cs)\n    {{\n        using var c = new NpgsqlConnection(cs);\n        c.Open();\n    }}\n");

        var solution = await Workbench.WithFile("using Npgsql;\n\nclass C\n{\n" + string.Concat(methods) + "}\n").FixAllAsync(FixAllScope.Document);

        var after = Assert.Single(await solution.TextsAsync());
        Assert.DoesNotContain("new NpgsqlConnection", after);
        Assert.Equal(sites, after.Split("using var c = WritableDataSource.For(cs).OpenConnection();\n    }").Length - 1);
    }

    static Solution TwoProjects() => Workbench.Empty
        .WithProject("Orders", ("A.cs", Raw), ("B.cs", Raw))
        .WithProject("Invoices", ("A.cs", Raw), ("B.cs", Raw));
}
