using System.Reflection;

namespace ReadOnlyGuard.AnalyzerBenchmarks;

/// <summary>
/// A solution of its own with projects that use Npgsql and one that does not. Each has the rules, as a reference to the package brings
/// them, and BannedApiAnalyzers with a list that bans the same constructors.
/// </summary>
sealed class GeneratedSolution(DirectoryInfo folder)
{
    const int ProjectsWithNpgsql = 4, FilesInEach = 500;

    public const string WithoutNpgsql = "Plain";

    /// <summary>What BannedApiAnalyzers is to find: the creations that ROG001 reports.</summary>
    const string Banned =
        """
        M:Npgsql.NpgsqlConnection.#ctor
        M:Npgsql.NpgsqlConnection.#ctor(System.String)
        """;

    /// <summary>The rules that a build leaves out unless they are raised.</summary>
    static readonly string[] QuietRules = ["ROG005", "ROG009", "ROG012", "ROG013", "ROG014"];

    public static int Projects => ProjectsWithNpgsql + 1;

    public static int Files => ProjectsWithNpgsql * FilesInEach;

    public static int Sites => Files * GeneratedFile.Sites;

    public static int RawSites => Files * GeneratedFile.RawSites;

    /// <summary>The solution's file.</summary>
    public string File => Path.Combine(folder.FullName, "Generated.slnx");

    /// <summary>Where builds of it are logged.</summary>
    public string Log => Path.Combine(folder.FullName, "build.log");

    public async Task WriteAsync()
    {
        if (folder.Exists)
            folder.Delete(recursive: true);
        // Nothing of this repository reaches in.
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await WriteAsync(name, "<Project />");
        await WriteAsync(".editorconfig", "root = true\n");
        await WriteAsync("BannedSymbols.txt", Banned);
        await WriteAsync(".globalconfig", "is_global = true\n" + string.Concat(QuietRules.Select(rule => $"dotnet_diagnostic.{rule}.severity = warning\n")));

        var names = Enumerable.Range(1, ProjectsWithNpgsql).Select(number => $"Application{number}").Append(WithoutNpgsql).ToList();
        await WriteAsync("Generated.slnx", $"<Solution>{string.Concat(names.Select(name => $"""<Project Path="{name}/{name}.csproj" />"""))}</Solution>");
        foreach (var name in names)
        {
            await WriteAsync($"{name}/{name}.csproj", Project(name != WithoutNpgsql));
            for (var number = 0; number < FilesInEach; number++)
                await WriteAsync($"{name}/File{number}.cs", name != WithoutNpgsql ? GeneratedFile.Repository(number) : GeneratedFile.Plain(number));
        }
    }

    static string Project(bool withNpgsql) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <!-- The two that are compared, alone. -->
            <EnableNETAnalyzers>false</EnableNETAnalyzers>
          </PropertyGroup>
          <ItemGroup>
            <Analyzer Include="{Metadata("Rules")}" />
            <PackageReference Include="Microsoft.CodeAnalysis.BannedApiAnalyzers" Version="{Metadata("BannedApiAnalyzers")}" PrivateAssets="all" />
            <AdditionalFiles Include="../BannedSymbols.txt" />
            {(withNpgsql ? $"""<PackageReference Include="Npgsql" Version="{Metadata("Npgsql")}" /><Reference Include="{Metadata("Runtime")}" />""" : "")}
          </ItemGroup>
        </Project>
        """;

    async Task WriteAsync(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await System.IO.File.WriteAllTextAsync(path, text);
    }

    public static string Metadata(string name) =>
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value!;
}
