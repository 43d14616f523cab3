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

    const string Shop = """
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Npgsql;

        class Shop(DbContextOptions<Shop> options) : DbContext(options)
        {
            static void Add(IServiceCollection services, string cs)
            {
                services.AddNpgsqlDataSource(cs);
                services.AddDbContext<Shop>(options => options.UseNpgsql(cs));
                services.AddSingleton(_ => NpgsqlDataSource.Create(cs));
                var source = NpgsqlDataSource.Create(cs);
                using var connection = source.OpenConnection();
                NpgsqlConnection.ClearPool(connection);
            }
        }

        """;

    // What a package has in one target, and not in the other.
    const string Counterparts = """
        namespace Microsoft.EntityFrameworkCore
        {
            static class Guarded { public static DbContextOptionsBuilder UseWritableNpgsql(this DbContextOptionsBuilder b, string? cs) => b; }
        }
        """;

    [Fact]
    public async Task Use_only_what_every_target_has()
    {
        var solution = Workbench.Empty
            .WithTarget("Newest", guarded: true, nullable: true, (Shared, Shop), ("Counterparts.cs", Counterparts))
            .WithTarget("Oldest", guarded: true, nullable: true, (Shared, Shop));

        var text = (await (await solution.FixAllAsync(FixAllScope.Solution, new DbContextUsesTheGuardFixer())).TextsAsync())[0];

        Assert.Equal(Shop, text);
    }

    [Fact]
    public async Task Are_fixed_where_every_target_has_it()
    {
        var solution = Workbench.Empty
            .WithTarget("Newest", guarded: true, nullable: true, (Shared, Shop), ("Counterparts.cs", Counterparts))
            .WithTarget("Oldest", guarded: true, nullable: true, (Shared, Shop), ("Counterparts.cs", Counterparts));

        foreach (CodeFixProvider fixer in (CodeFixProvider[])[new DbContextUsesTheGuardFixer(), new RegistrationIsNotRawFixer(), new DataSourceIsNotRawFixer()])
            solution = await solution.FixAllAsync(FixAllScope.Solution, fixer);

        var texts = await solution.TextsAsync();
        Assert.Contains("options.UseWritableNpgsql(cs)", texts[0], StringComparison.Ordinal);
        Assert.Contains("services.AddWritableNpgsqlDataSource(cs)", texts[0], StringComparison.Ordinal);
        Assert.Contains("AddSingleton(_ => WritableDataSource.Create(cs).AsNpgsqlDataSource())", texts[0], StringComparison.Ordinal);
        Assert.Contains("var source = WritableDataSource.Create(cs);", texts[0], StringComparison.Ordinal);
        Assert.Equal(texts[0], texts[2]);
        Assert.Empty(await solution.CompileErrorsAsync());
    }

    [Fact]
    public async Task Stay_as_they_are_where_the_guard_of_one_target_is_older()
    {
        const string older = "namespace ReadOnlyGuard { public class WritableDataSource { public static WritableDataSource Create(string connectionString) => new(); } }";
        const string factory = "using Npgsql;\n\nclass Orders\n{\n    NpgsqlDataSource Make(string cs) => NpgsqlDataSource.Create(cs);\n}\n";
        var solution = Workbench.Empty
            .WithTarget("Newest", guarded: true, nullable: true, (Shared, factory))
            .WithTarget("Oldest", guarded: false, nullable: true, (Shared, factory), ("Older.cs", older));

        Assert.Equal(factory, (await (await solution.FixAllAsync(FixAllScope.Solution, new DataSourceIsNotRawFixer())).TextsAsync())[0]);
    }

    [Fact]
    public async Task Are_cleared_by_the_source_only_where_every_target_has_a_public_Clear()
    {
        const string clear = """
            using Npgsql;

            class Orders
            {
                void Run(NpgsqlDataSource source)
                {
                    using var connection = source.OpenConnection();
                    NpgsqlConnection.ClearPool(connection);
                }
            }

            """;
        var solution = Workbench.Empty
            .WithTarget("Newest", guarded: true, nullable: true, (Shared, clear))
            .WithTarget("Oldest", guarded: false, nullable: true, (Shared, clear));
        var oldest = solution.Projects.Single(project => project.Name == "Oldest");
        solution = oldest.RemoveMetadataReference(References.Npgsql).AddDocument("Npgsql8.cs", """
            namespace Npgsql
            {
                public class NpgsqlConnection : System.IDisposable { public static void ClearPool(NpgsqlConnection c) { } public void Dispose() { } }
                public class NpgsqlDataSource { public NpgsqlConnection OpenConnection() => new(); internal protected void Forget() { } }
            }
            """).Project.Solution;

        Assert.Equal(clear, (await (await solution.FixAllAsync(FixAllScope.Solution, new ClearReachesThePoolFixer())).TextsAsync())[0]);
    }
}
