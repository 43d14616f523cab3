using System.Reflection;
using ReadOnlyGuard.PackageTests;
using ReadOnlyGuard.Servers;

[assembly: AssemblyFixture(typeof(PackedPackage))]

namespace ReadOnlyGuard.PackageTests;

/// <summary>
/// The packages, packed once into a feed of their own, a folder for those who use them, and a server for what they write. All of it is
/// gone afterwards.
/// </summary>
public sealed class PackedPackage : IAsyncLifetime
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("readonlyguard-");

    /// <summary>A version that no other feed has and no other run.</summary>
    public string Version { get; } = $"0.1.0-packed.{Guid.NewGuid():n}";

    public PostgresServer Server { get; private set; } = null!;

    public string File => FileOf("ReadOnlyGuard");

    public string FileOf(string name) => Path.Combine(Feed, $"{name}.{Version}.nupkg");

    public string SymbolsOf(string name) => Path.Combine(Feed, $"{name}.{Version}.snupkg");

    /// <summary>The folder of this repository.</summary>
    public string Repository { get; } = Built("Repository");

    string Feed => Path.Combine(_root.FullName, "feed");

    public async ValueTask InitializeAsync()
    {
        await PackAsync("ReadOnlyGuard");
        await PackAsync("ReadOnlyGuard.EntityFrameworkCore");
        await PackAsync("ReadOnlyGuard.AspNetCore");
        await PackAsync("../Analyzers/ReadOnlyGuard.CodeFixes");
        await MakeForeignAsync();
        Server = await PostgresServer.StartNewAsync();
        await Server.ExecuteAsync("create table entries (writer text)");
        await Server.ExecuteAsync("create table orders (id bigint generated always as identity)");
        await Server.ExecuteAsync("create table orders_by_key (key uuid primary key)");
        await Server.ExecuteAsync("create table readings (number int)");
    }

    Task PackAsync(string name) => DotNet.RunAsync(
        Repository, "pack", "src/Runtime/" + name, "-c", Built("Configuration"), "-o", Feed,
        // The version of the package alone: what was built stays as it is.
        $"-p:PackageVersion={Version}", $"-p:NuspecOutputPath={Path.Combine(_root.FullName, "nuspec")}/");

    /// <summary>An empty folder for one project.</summary>
    public string NewFolder() => _root.CreateSubdirectory(Guid.NewGuid().ToString("n")).FullName;

    /// <summary>How many entries a program wrote under this name.</summary>
    public Task<long> EntriesAsync(string writer) => Server.QueryAsync<long>($"select count(*) from entries where writer = '{writer}'");

    // Somebody else's repository: nothing of this one reaches in, and nothing of it stays in the user's package cache.
    async Task MakeForeignAsync()
    {
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await WriteAsync(name, "<Project />");
        await WriteAsync(".editorconfig", "root = true\n");
        await WriteAsync(
            "nuget.config",
            """
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><add key="packed" value="feed" /></packageSources>
            </configuration>
            """);
    }

    Task WriteAsync(string name, string text) => System.IO.File.WriteAllTextAsync(Path.Combine(_root.FullName, name), text);

    static string Built(string name) => Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value!;

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
