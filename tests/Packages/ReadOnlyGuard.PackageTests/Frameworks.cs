namespace ReadOnlyGuard.PackageTests;

/// <summary>Projects of other frameworks, languages and kinds: they work, or the build says why not and what to do.</summary>
public sealed class Frameworks(PackedPackage package)
{
    [Theory]
    [InlineData("netstandard2.0")]
    [InlineData("net472")]
    [InlineData("net6.0")]
    public async Task Older_frameworks_are_told_why_not_and_what_to_do(string framework)
    {
        var consumer = await Consumer.CreateAsync(package, Empty, framework: framework, output: "Library");

        var printed = await consumer.PrintedByBuildAsync("NuGetAudit=false", "CheckEolTargetFramework=false");

        Assert.Contains($"error ROG101: The package ReadOnlyGuard needs .NET 8 or newer, and Consumer targets {framework}.", printed, StringComparison.Ordinal);
        Assert.Contains("ReadOnlyGuard.Analyzers, which can be referenced here", printed, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_alone_ask_no_older_framework_for_what_it_cannot_have()
    {
        var consumer = await Consumer.CreateAsync(
            package,
            """
            using Npgsql;

            public class Orders
            {
                public object Raw(string cs) { return new NpgsqlConnection(cs); }
                public void Clear(NpgsqlConnection connection, NpgsqlDataSource source)
                {
                    var again = source.OpenConnection();
                    again.Open();
                }
            }
            """,
            framework: "netstandard2.0", output: "Library", reference: "ReadOnlyGuard.Analyzers", references: ("Npgsql", "8.0.9"));

        Assert.Equal(["Program.cs(9,9): warning ROG007"], await consumer.WarningsAsync("ImplicitUsings=disable", "Nullable=disable"));
    }

    [Fact]
    public async Task FSharp_writes_through_the_guard()
    {
        var consumer = await Consumer.CreateAsync(
            package,
            """
            open Npgsql
            open ReadOnlyGuard

            [<EntryPoint>]
            let main args =
                use connection = WritableDataSource.For(args[0]).OpenConnection()
                use insert = new NpgsqlCommand("insert into entries values ($1)", connection)
                insert.Parameters.AddWithValue(args[1]) |> ignore
                insert.ExecuteNonQuery() |> ignore
                0
            """,
            language: "fs");

        Assert.Contains("0 Error(s)", await consumer.PrintedByBuildAsync("TreatWarningsAsErrors=true", "WarningsNotAsErrors=NU1603"), StringComparison.Ordinal);
        await consumer.WriteEntryAsync("F#");
        Assert.Equal(1, await package.EntriesAsync("F#"));
    }

    [Fact]
    public async Task Central_package_management_gives_the_version()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.Guarded, versioned: false);
        await consumer.WriteAsync(
            "Directory.Packages.props",
            $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><PackageVersion Include="ReadOnlyGuard" Version="{package.Version}" /></ItemGroup>
            </Project>
            """);

        Assert.Contains("0 Error(s)", await consumer.PrintedByBuildAsync("CentralPackageTransitivePinningEnabled=true"), StringComparison.Ordinal);
        Assert.Contains(", 1 checked", await consumer.WriteEntryAsync("central"));
    }

    [Fact]
    public async Task A_file_is_a_program()
    {
        var folder = package.NewFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "app.cs"), $"#:package ReadOnlyGuard@{package.Version}\n{Programs.Guarded}", TestContext.Current.CancellationToken);

        Assert.Contains(", 1 checked", await DotNet.RunAsync(folder, "run", "app.cs", "--", package.Server.ConnectionString(), "file"));
        Assert.Equal(1, await package.EntriesAsync("file"));
    }

    [Fact]
    public async Task Entity_Framework_9_writes_on_the_older_framework()
    {
        var consumer = await Consumer.CreateAsync(
            package, Programs.RawContext.Replace(".UseNpgsql(", ".UseWritableNpgsql(", StringComparison.Ordinal),
            framework: "net8.0", reference: "ReadOnlyGuard.EntityFrameworkCore");

        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains("True", await consumer.WriteEntryAsync("EF Core 9"));
        Assert.Equal(1, await package.EntriesAsync("EF Core 9"));
    }

    const string Empty = "class Nothing { }\n";
}
