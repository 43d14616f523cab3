namespace ReadOnlyGuard.PackageTests;

/// <summary>A project that references <c>ReadOnlyGuard.Analyzers</c> and not the runtime.</summary>
public sealed class RulesAlone(PackedPackage package)
{
    const string Name = "ReadOnlyGuard.Analyzers";

    const string Source =
        """
        using Npgsql;

        class Orders
        {
            void Run(NpgsqlDataSource source)
            {
                using var connection = source.OpenConnection();
                connection.Open();
                NpgsqlConnection.ClearPool(connection);
            }

            static void Main() { }
        }
        """;

    [Fact]
    public void Package_holds_the_rules_for_both_languages_and_the_fixes()
    {
        using var packed = new Package(package.FileOf(Name));

        Assert.Equal(
            [
                "analyzers/dotnet/cs/ReadOnlyGuard.Analyzers.dll",
                "analyzers/dotnet/cs/ReadOnlyGuard.CodeFixes.dll",
                "analyzers/dotnet/vb/ReadOnlyGuard.Analyzers.dll",
                "buildTransitive/ReadOnlyGuard.Analyzers.targets",
                "buildTransitive/presets/application.globalconfig",
                "buildTransitive/presets/library.globalconfig",
                "buildTransitive/presets/strict.globalconfig",
                "buildTransitive/presets/without-runtime.globalconfig",
            ],
            [.. packed.Files("analyzers"), .. packed.Files("build")]);
    }

    [Fact]
    public async Task What_needs_no_runtime_is_fixed()
    {
        var consumer = await Consumer.CreateAsync(package, Source, reference: Name, references: ("Npgsql", "9.0.3"));
        Assert.Contains("Program.cs(8,9): warning ROG007", await consumer.WarningsAsync());

        await consumer.FixAsync("ROG007");
        await consumer.FixAsync("ROG010");

        var fixedSource = await consumer.ReadAsync("Program.cs");
        Assert.DoesNotContain("connection.Open();", fixedSource, StringComparison.Ordinal);
        Assert.Contains("source.Clear();", fixedSource, StringComparison.Ordinal);
    }
}
