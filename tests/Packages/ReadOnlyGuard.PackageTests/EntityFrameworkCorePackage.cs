namespace ReadOnlyGuard.PackageTests;

/// <summary>The package for EF Core: what it holds, and what one reference to it gives.</summary>
public sealed class EntityFrameworkCorePackage(PackedPackage package)
{
    const string Name = "ReadOnlyGuard.EntityFrameworkCore";

    [Fact]
    public void Holds_the_assembly_and_its_documentation()
    {
        using var packed = new Package(package.FileOf(Name));

        Assert.Equal([$"lib/net10.0/{Name}.dll", $"lib/net10.0/{Name}.xml", $"lib/net8.0/{Name}.dll", $"lib/net8.0/{Name}.xml"], packed.Files("lib/"));
    }

    [Theory]
    [InlineData("net8.0", "9.0.4")]
    [InlineData("net10.0", "10.0.3")]
    public void Depends_on_the_runtime_of_its_own_version_and_on_the_provider(string target, string provider)
    {
        using var packed = new Package(package.FileOf(Name));
        Assert.Equal(
            new Dictionary<string, string> { ["ReadOnlyGuard"] = $"[{package.Version}]", ["Npgsql.EntityFrameworkCore.PostgreSQL"] = provider },
            packed.Dependencies(target));
    }

    [Fact]
    public async Task Raw_context_is_reported_fixed_and_then_writes_through_the_guard()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.RawContext, references: (Name, package.Version));

        Assert.Equal(["Program.cs(9,79): warning ROG004"], await consumer.WarningsAsync());
        Assert.Contains("False", await consumer.WriteEntryAsync("raw context"));

        await consumer.FixAsync("ROG004");

        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains("True", await consumer.WriteEntryAsync("guarded context"));
        Assert.Equal(1, await package.EntriesAsync("raw context"));
        Assert.Equal(1, await package.EntriesAsync("guarded context"));
    }
}
