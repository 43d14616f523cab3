using System.Reflection.Metadata;
using System.Text;

namespace ReadOnlyGuard.PackageTests;

/// <summary>build/pack in a clone whose host and tag are known: the version comes from the tag, the links from one property, the sources from the host.</summary>
[Trait("Heavy", "yes")]
public sealed class PackedFromTags(PackedPackage package)
{
    const string Address = "https://github.com/acme/guard";

    // Kind of custom debug information: https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md
    static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    [Fact]
    public async Task Packages_have_one_version_and_lead_to_the_sources()
    {
        var clone = package.NewFolder();
        Copy(package.Repository, clone);
        Assert.Equal("0.1.0", await VersionAsync(clone, fromTags: false));
        await GitAsync(clone, "init", "-q");
        await GitAsync(clone, "remote", "add", "origin", Address + ".git");
        await GitAsync(clone, "add", "-A");
        await GitAsync(clone, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all");
        await GitAsync(clone, "tag", "v0.1.0");

        await DotNet.RunProgramAsync(Path.Combine(clone, "build", "pack"), clone, "-p:RepositoryUrl=" + Address);

        var packages = Path.Combine(clone, "build", "output", "packages");
        var head = (await GitAsync(clone, "rev-parse", "HEAD")).Trim();
        foreach (var name in (string[])["ReadOnlyGuard", "ReadOnlyGuard.Analyzers", "ReadOnlyGuard.AspNetCore", "ReadOnlyGuard.EntityFrameworkCore"])
        {
            using var packed = new Package(Path.Combine(packages, name + ".0.1.0.nupkg"));
            Assert.Equal(Address, packed["projectUrl"]);
            Assert.Equal((Address, head), (packed.Element("repository")!.Attribute("url")!.Value, packed.Element("repository")!.Attribute("commit")!.Value));
            Assert.Contains($"]({Address}/blob/main/docs/", packed.Text("README.md"), StringComparison.Ordinal);
            Assert.DoesNotContain("](../", packed.Text("README.md"), StringComparison.Ordinal);
            if (name is "ReadOnlyGuard.AspNetCore" or "ReadOnlyGuard.EntityFrameworkCore")
                Assert.Equal("[0.1.0]", packed.Dependencies()["ReadOnlyGuard"]);
        }
        using var symbols = new Package(Path.Combine(packages, "ReadOnlyGuard.0.1.0.snupkg"));
        Assert.Contains($"https://raw.githubusercontent.com/acme/guard/{head}/*", SourcesOf(symbols.Bytes("lib/net10.0/ReadOnlyGuard.pdb")), StringComparison.Ordinal);

        await GitAsync(clone, "tag", "-d", "v0.1.0");
        Assert.StartsWith("0.1.0-alpha.0", await VersionAsync(clone, fromTags: true), StringComparison.Ordinal);
    }

    static async Task<string> VersionAsync(string clone, bool fromTags)
        => (await DotNet.RunAsync(
            clone, ["msbuild", "src/Runtime/ReadOnlyGuard", "-p:TargetFramework=net10.0", "-getProperty:PackageVersion", .. fromTags ? new[] { "-t:MinVer", "-p:VersionFromTags=true" } : []])).Trim();

    static Task<string> GitAsync(string folder, params string[] arguments) => DotNet.RunProgramAsync("git", folder, arguments);

    static string SourcesOf(byte[] pdb)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
        var reader = provider.GetMetadataReader();
        var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(information => reader.GetGuid(information.Kind) == SourceLink);
        return Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value));
    }

    // What is in the working tree, without what was built of it.
    static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from).Where(file => Path.GetFileName(file) != ".git"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj" or ".git" or "output" or "TestResults")))
            Copy(folder, Directory.CreateDirectory(Path.Combine(to, Path.GetFileName(folder))).FullName);
    }
}
