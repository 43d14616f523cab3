namespace ReadOnlyGuard.PackageTests;

/// <summary>A project that references the package, and nothing else of this repository.</summary>
sealed class Consumer
{
    readonly PackedPackage _package;
    readonly string _folder, _framework;

    Consumer(PackedPackage package, string folder, string framework) => (_package, _folder, _framework) = (package, folder, framework);

    /// <param name="source">The text of its only file.</param>
    /// <param name="framework">The target, or several with semicolons between. For netstandard2.0 there is Npgsql alone: the package has nothing for it.</param>
    /// <param name="reference">The package of this repository.</param>
    /// <param name="output">What is built.</param>
    /// <param name="versioned">Whether the project names the version.</param>
    /// <param name="references">Further packages, as name and version.</param>
    public static async Task<Consumer> CreateAsync(
        PackedPackage package,
        string source,
        string language = "cs",
        string framework = "net10.0",
        string reference = "ReadOnlyGuard",
        string output = "Exe",
        bool versioned = true,
        params (string Name, string Version)[] references)
    {
        var consumer = new Consumer(package, package.NewFolder(), framework);
        // A target that the package is not for does without, beside others that have it.
        const string older = "$(TargetFramework.StartsWith('netstandard'))";
        var hasOlder = framework.Contains(';', StringComparison.Ordinal) && framework.Contains("netstandard", StringComparison.Ordinal);
        await consumer.WriteAsync("Program." + language, source);
        await consumer.WriteAsync(
            $"Consumer.{language}proj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>{output}</OutputType>
                {(framework.Contains(';', StringComparison.Ordinal) ? $"<TargetFrameworks>{framework}</TargetFrameworks>" : $"<TargetFramework>{framework}</TargetFramework>")}
                <Nullable Condition="'$(Language)' == 'C#'">enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <LangVersion Condition="'$(TargetFramework)' == 'netstandard2.0'">latest</LangVersion>
              </PropertyGroup>
              <ItemGroup>
                {(language == "fs" ? """<Compile Include="Program.fs" />""" : "")}
                <PackageReference Include="{reference}" {(versioned ? $"Version=\"{package.Version}\"" : "")} {(hasOlder ? $"Condition=\"!{older}\"" : "")} />
                {(hasOlder ? $"""<PackageReference Include="Npgsql" Version="8.0.3" Condition="{older}" />""" : "")}
                {string.Concat(references.Select(other => $"""<PackageReference Include="{other.Name}" Version="{other.Version}" />"""))}
              </ItemGroup>
            </Project>
            """);
        return consumer;
    }

    /// <summary>Where it uses the package's rules wrongly, as <c>Program.cs(1,2): warning ROG001</c>.</summary>
    /// <param name="properties">As <c>name=value</c>.</param>
    public async Task<string[]> WarningsAsync(params string[] properties)
    {
        var printed = await PrintedByBuildAsync(properties);
        return [.. printed.Split('\n').Where(line => line.Contains("ROG", StringComparison.Ordinal))
            .Select(line => Path.GetFileName(line[..(line.IndexOf("ROG", StringComparison.Ordinal) + "ROG001".Length)])).Distinct()];
    }

    /// <summary>What a build prints, whether it succeeds or not.</summary>
    public Task<string> PrintedByBuildAsync(params string[] properties)
        => DotNet.PrintedByAsync(_folder, ["build", "--no-incremental", .. properties.Select(property => "-p:" + property)]);

    public Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(_folder, name), TestContext.Current.CancellationToken);

    public Task FixAsync(string rule = "ROG001") => DotNet.RunAsync(_folder, "format", "analyzers", "--diagnostics", rule, "--severity", "warn");

    /// <summary>Runs what was built, and returns what it printed.</summary>
    public Task<string> WriteEntryAsync(string writer) => DotNet.RunAsync(
        _folder, "--roll-forward", "Major", Path.Combine("bin", "Debug", _framework, "Consumer.dll"), _package.Server.ConnectionString(), writer);

    /// <summary>Publishes it, with any warning an error, and returns the program.</summary>
    public async Task<string> PublishAsync(params string[] properties)
    {
        var output = Path.Combine(_folder, "published");
        await DotNet.RunAsync(_folder, ["publish", "--use-current-runtime", "-o", output, .. properties.Select(property => "-p:" + property),
            // NU1603: the machine's package source may lack the asked version of something.
            "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=NU1603"]);
        return Path.Combine(output, "Consumer");
    }

    /// <summary>Runs another program in the project's folder, and returns what it printed.</summary>
    public Task<string> RunAsync(string program, params string[] arguments) => DotNet.RunProgramAsync(program, _folder, arguments);

    public Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder, name), text);
}
