namespace ReadOnlyGuard.PackageTests;

public sealed class WhatThePackageHolds(PackedPackage package)
{
    [Fact]
    public void Runtime_for_both_frameworks_and_rules_for_both_languages()
    {
        using var packed = new Package(package.File);

        Assert.Equal(
            [
                "analyzers/dotnet/cs/ReadOnlyGuard.Analyzers.dll",
                "analyzers/dotnet/cs/ReadOnlyGuard.CodeFixes.dll",
                "analyzers/dotnet/vb/ReadOnlyGuard.Analyzers.dll",
                "lib/net10.0/ReadOnlyGuard.dll",
                "lib/net8.0/ReadOnlyGuard.dll",
            ],
            packed.Files().Where(name => name.EndsWith(".dll", StringComparison.Ordinal)));
    }

    [Fact]
    public void Presets_and_what_reads_their_property()
    {
        using var packed = new Package(package.File);

        Assert.Equal(
            [
                "buildTransitive/ReadOnlyGuard.targets",
                "buildTransitive/presets/application.globalconfig",
                "buildTransitive/presets/library.globalconfig",
                "buildTransitive/presets/strict.globalconfig",
                "buildTransitive/presets/without-runtime.globalconfig",
            ],
            packed.Files("build"));
    }

    [Fact]
    public void Documentation_of_the_runtime()
    {
        using var packed = new Package(package.File);

        Assert.Contains("lib/net8.0/ReadOnlyGuard.xml", packed.Files("lib/"));
        Assert.Contains("lib/net10.0/ReadOnlyGuard.xml", packed.Files("lib/"));
    }

    [Theory]
    [InlineData("net8.0", "9.0.3")]
    [InlineData("net10.0", "10.0.0")]
    public void Depends_on_the_Npgsql_of_its_framework_and_on_abstractions_alone(string framework, string npgsql)
    {
        using var packed = new Package(package.File);
        var dependencies = packed.Dependencies(framework);

        Assert.Equal(npgsql, dependencies["Npgsql"]);
        Assert.All(dependencies.Keys.Where(id => id != "Npgsql"), id => Assert.Matches(@"^Microsoft\.Extensions\..*Abstractions$", id));
    }
}
