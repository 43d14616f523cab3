using System.IO.Compression;
using System.Xml.Linq;

namespace ReadOnlyGuard.PackageTests;

public sealed class WhatThePackageHolds(PackedPackage package)
{
    [Fact]
    public void Runtime_for_both_frameworks_and_rules_for_both_languages()
    {
        using var archive = ZipFile.OpenRead(package.File);
        var files = archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal));

        Assert.Equal(
            [
                "analyzers/dotnet/cs/ReadOnlyGuard.Analyzers.dll",
                "analyzers/dotnet/cs/ReadOnlyGuard.CodeFixes.dll",
                "analyzers/dotnet/vb/ReadOnlyGuard.Analyzers.dll",
                "lib/net10.0/ReadOnlyGuard.dll",
                "lib/net8.0/ReadOnlyGuard.dll",
            ],
            files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Presets_and_what_reads_their_property()
    {
        using var archive = ZipFile.OpenRead(package.File);

        Assert.Equal(
            [
                "buildTransitive/ReadOnlyGuard.targets",
                "buildTransitive/presets/application.globalconfig",
                "buildTransitive/presets/library.globalconfig",
                "buildTransitive/presets/strict.globalconfig",
            ],
            archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("build", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Documentation_of_the_runtime_and_the_readme()
    {
        using var archive = ZipFile.OpenRead(package.File);

        Assert.NotNull(archive.GetEntry("lib/net8.0/ReadOnlyGuard.xml"));
        Assert.NotNull(archive.GetEntry("lib/net10.0/ReadOnlyGuard.xml"));
        Assert.NotNull(archive.GetEntry("README.md"));
        var (_, metadata) = Specification(archive);
        Assert.Equal("README.md", metadata.Elements().Single(element => element.Name.LocalName == "readme").Value);
        Assert.Equal("MIT", metadata.Elements().Single(element => element.Name.LocalName == "license").Value);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void Depends_on_Npgsql_and_on_abstractions_alone(string framework)
    {
        using var archive = ZipFile.OpenRead(package.File);
        var (names, metadata) = Specification(archive);
        var dependencies = metadata.Descendants(names + "group").Single(group => group.Attribute("targetFramework")!.Value == framework)
            .Elements().ToDictionary(dependency => dependency.Attribute("id")!.Value, dependency => dependency.Attribute("version")!.Value);

        Assert.Equal("9.0.3", dependencies["Npgsql"]);
        Assert.All(dependencies.Keys.Where(id => id != "Npgsql"), id => Assert.Matches(@"^Microsoft\.Extensions\..*Abstractions$", id));
    }

    static (XNamespace Names, XElement Metadata) Specification(ZipArchive archive)
    {
        using var stream = archive.GetEntry("ReadOnlyGuard.nuspec")!.Open();
        var root = XDocument.Load(stream).Root!;
        return (root.Name.Namespace, root.Element(root.Name.Namespace + "metadata")!);
    }
}
