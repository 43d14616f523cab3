using System.IO.Compression;
using System.Xml.Linq;

namespace ReadOnlyGuard.PackageTests;

/// <summary>What is in a package, and what it says of itself.</summary>
sealed class Package : IDisposable
{
    readonly ZipArchive _archive;
    readonly XElement _metadata;

    public Package(string file)
    {
        _archive = ZipFile.OpenRead(file);
        using var stream = _archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        _metadata = XDocument.Load(stream).Root!.Elements().Single();
    }

    /// <summary>An element of the specification, empty where it is not there.</summary>
    public string this[string name] => Element(name)?.Value ?? "";

    public XElement? Element(string name) => _metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);

    /// <summary>The files of a folder, or all but what the format itself adds.</summary>
    public IReadOnlyList<string> Files(string folder = "") =>
        [.. _archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public string Text(string name)
    {
        using var reader = new StreamReader(_archive.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    public byte[] Bytes(string name)
    {
        using var copy = new MemoryStream();
        using var stream = _archive.GetEntry(name)!.Open();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Versions by name, the same for every target unless one is named.</summary>
    public Dictionary<string, string> Dependencies(string? target = null) => _metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
        .Where(dependency => target is null || dependency.Parent!.Attribute("targetFramework")?.Value == target)
        .Select(dependency => (Name: dependency.Attribute("id")!.Value, Version: dependency.Attribute("version")!.Value))
        .Distinct().ToDictionary(dependency => dependency.Name, dependency => dependency.Version);

    public void Dispose() => _archive.Dispose();
}
