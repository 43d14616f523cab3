using System.IO.Compression;
using System.Xml.Linq;

namespace ReadOnlyGuard.PackageTests;

/// <summary>What a package says of itself.</summary>
sealed class Nuspec
{
    readonly XElement _metadata;

    public Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        _metadata = XDocument.Load(stream).Root!.Elements().Single();
    }

    public string this[string name] => _metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    /// <summary>Versions by name, the same for every target unless one is named.</summary>
    public Dictionary<string, string> Dependencies(string? target = null) => _metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
        .Where(dependency => target is null || dependency.Parent!.Attribute("targetFramework")?.Value == target)
        .Select(dependency => (Name: dependency.Attribute("id")!.Value, Version: dependency.Attribute("version")!.Value))
        .Distinct().ToDictionary(dependency => dependency.Name, dependency => dependency.Version);
}
