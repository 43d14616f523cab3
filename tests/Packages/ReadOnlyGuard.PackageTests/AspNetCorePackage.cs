namespace ReadOnlyGuard.PackageTests;

/// <summary>The package for ASP.NET Core: what it holds, and what one reference to it gives.</summary>
public sealed class AspNetCorePackage(PackedPackage package)
{
    const string Name = "ReadOnlyGuard.AspNetCore";

    [Fact]
    public void Holds_the_assemblies_and_depends_on_the_runtime_of_its_own_version()
    {
        using var packed = new Package(package.FileOf(Name));

        Assert.Equal([$"lib/net10.0/{Name}.dll", $"lib/net10.0/{Name}.xml", $"lib/net8.0/{Name}.dll", $"lib/net8.0/{Name}.xml"], packed.Files("lib/"));
        Assert.Equal(
            new Dictionary<string, string> { ["ReadOnlyGuard"] = $"[{package.Version}]", ["OpenTelemetry.Api"] = "1.15.3" },
            packed.Dependencies());
    }

    [Fact]
    public async Task Guards_requests_and_brings_the_rules()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.WebApplication, references: (Name, package.Version));

        Assert.Equal(["Program.cs(22,22): warning ROG001"], await consumer.WarningsAsync());
        Assert.Contains("NoContent, Healthy", await consumer.WriteEntryAsync("request"));
        Assert.Equal(1, await package.EntriesAsync("request"));
    }
}
