using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ReadOnlyGuard.PackageTests;

/// <summary>What nuget.org and an IDE show of each package, and what a debugger needs.</summary>
public sealed partial class WhatEveryPackageSays(PackedPackage package)
{
    public static TheoryData<string> Packages => ["ReadOnlyGuard", "ReadOnlyGuard.EntityFrameworkCore", "ReadOnlyGuard.AspNetCore", "ReadOnlyGuard.Analyzers"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void It_says_what_it_is_and_whose(string name)
    {
        using var packed = new Package(package.FileOf(name));

        Assert.Equal(name, packed["id"]);
        Assert.InRange(packed["description"].Length, 60, 300);
        Assert.Contains("npgsql", packed["tags"].Split(' '));
        Assert.Equal("MIT", packed["license"]);
        Assert.NotEmpty(packed["authors"]);
        Assert.StartsWith("Copyright", packed["copyright"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Its_icon_is_a_picture_of_128_by_128(string name)
    {
        using var packed = new Package(package.FileOf(name));
        var picture = packed.Bytes(packed["icon"]);

        Assert.Equal("PNG"u8, picture.AsSpan(1, 3));
        // Width and height, as its header has them.
        Assert.Equal([0, 0, 0, 128, 0, 0, 0, 128], picture[16..24]);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Its_readme_is_its_own_and_has_no_link_that_leads_nowhere(string name)
    {
        using var packed = new Package(package.FileOf(name));
        var readme = packed.Text(packed["readme"]);

        Assert.StartsWith($"# {name}\n", readme, StringComparison.Ordinal);
        Assert.All(Links().Matches(readme), link => Assert.StartsWith("https://", link.Groups["target"].Value, StringComparison.Ordinal));
        Assert.DoesNotContain("![", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("../", readme, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Its_release_notes_are_what_the_changelog_says_of_its_version(string name)
    {
        using var packed = new Package(package.FileOf(name));
        var changelog = File.ReadAllText(Path.Combine(package.Repository, "CHANGELOG.md"));
        var newest = Heading().Match(changelog).Groups["version"].Value;

        Assert.Equal(newest, package.Version.Split('-')[0]);
        Assert.InRange(packed["releaseNotes"].Length, 100, 35_000);
        Assert.StartsWith("### Added", packed["releaseNotes"], StringComparison.Ordinal);
        Assert.DoesNotContain("\n## ", packed["releaseNotes"], StringComparison.Ordinal);
        Assert.DoesNotContain("](", packed["releaseNotes"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReadOnlyGuard")]
    [InlineData("ReadOnlyGuard.EntityFrameworkCore")]
    [InlineData("ReadOnlyGuard.AspNetCore")]
    public void Its_symbols_are_in_a_package_beside_it(string name)
    {
        using var symbols = new Package(package.SymbolsOf(name));

        Assert.Equal([$"lib/net10.0/{name}.pdb", $"lib/net8.0/{name}.pdb"], symbols.Files("lib/"));
    }

    [Theory]
    [InlineData("ReadOnlyGuard")]
    [InlineData("ReadOnlyGuard.EntityFrameworkCore")]
    [InlineData("ReadOnlyGuard.AspNetCore")]
    public void Its_documentation_names_every_public_type_and_no_internal_one(string name)
    {
        using var packed = new Package(package.FileOf(name));
        foreach (var target in (string[])["net8.0", "net10.0"])
        {
            var documented = XDocument.Parse(packed.Text($"lib/{target}/{name}.xml")).Descendants("member").Select(member => member.Attribute("name")!.Value).ToArray();
            var types = TypesOf(packed.Bytes($"lib/{target}/{name}.dll"));

            Assert.Equal(types.Where(type => type.IsPublic).Select(type => "T:" + type.Name).Order(), documented.Where(member => member.StartsWith("T:", StringComparison.Ordinal)).Order());
            Assert.All(documented.Where(member => member[0] != 'T'), member => Assert.Contains(types, type => type.IsPublic && member[2..].StartsWith(type.Name + ".", StringComparison.Ordinal)));
            Assert.DoesNotContain(documented, member => member.Contains(".Internal.", StringComparison.Ordinal));
        }
    }

    /// <summary>Types by their names in metadata: nothing that they refer to has to be there.</summary>
    static IReadOnlyList<(string Name, bool IsPublic)> TypesOf(byte[] image)
    {
        using var reader = new PEReader(new MemoryStream(image));
        var metadata = reader.GetMetadataReader();
        return [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => !type.IsNested).Select(type =>
        (
            metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name),
            (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
        ))];
    }

    [GeneratedRegex(@"\]\((?<target>[^)]*)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^## (?<version>[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
