using System.Text.RegularExpressions;
using CliWrap;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.PackageTests;

/// <summary>docs/getting-started.md, as a newcomer follows it: its commands in an empty folder, its program in Program.cs, and then it runs.</summary>
public sealed partial class FromAnEmptyFolder(PackedPackage package)
{
    [Fact]
    public async Task A_console_program_stores_two_orders()
    {
        var folder = await FollowAsync("A console program");

        Assert.Equal("stored two orders\n", await DotNet.RunAsync(folder, "run", "--no-build"));
        Assert.True(await package.Server.QueryAsync<long>("select count(*) from orders") >= 2);
    }

    [Fact]
    public async Task Dapper_stores_an_order()
        => Assert.Matches("^[1-9][0-9]* orders\n$", await DotNet.RunAsync(await FollowAsync("Dapper"), "run", "--no-build"));

    [Fact]
    public async Task Entity_Framework_makes_its_database_and_stores_an_order()
        => Assert.Equal("1 orders\n", await DotNet.RunAsync(await FollowAsync("Entity Framework Core", database: "shop"), "run", "--no-build"));

    [Fact]
    public async Task A_site_takes_a_request_and_is_healthy()
    {
        await using var site = await RunningProgram.StartAsync(await FollowAsync("ASP.NET Core"), "orders", "--urls", "http://127.0.0.1:0");
        var address = Address().Match(await site.PrintsAsync("Now listening on: ")).Value;
        using var client = new HttpClient { BaseAddress = new(address) };
        var key = Guid.NewGuid();

        Assert.Equal(204, (int)(await client.PutAsync($"/orders/{key}", null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("Healthy", await client.GetStringAsync("/health", TestContext.Current.CancellationToken));
        Assert.Equal(1, await package.Server.QueryAsync<long>($"select count(*) from orders_by_key where key = '{key}'"));
    }

    [Fact]
    public async Task A_worker_imports_and_listens()
    {
        await using var worker = await RunningProgram.StartAsync(await FollowAsync("A worker, with COPY and LISTEN"), "orders");

        await worker.PrintsAsync("imported");
        Assert.Equal(1000, await package.Server.QueryAsync<long>("select count(*) from readings"));
        await Eventually.HoldsAsync(async () =>
        {
            await package.Server.ExecuteAsync("notify readings, '7'");
            return worker.HasPrinted("heard 7");
        }, "the worker to hear of a reading");
    }

    /// <summary>Does what the section says, and builds with every warning an error.</summary>
    /// <returns>The folder of the project.</returns>
    async Task<string> FollowAsync(string heading, string database = "postgres")
    {
        var page = await File.ReadAllTextAsync(Path.Combine(package.Repository, "docs", "getting-started.md"), TestContext.Current.CancellationToken);
        var section = page.Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        var root = package.NewFolder();
        await DotNet.RunProgramAsync("bash", root, "-ec", AddOwnPackage().Replace(Block(section, "bash"), $"$0 --version {package.Version}"));

        var folder = Path.Combine(root, "orders");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Program.cs"),
            Block(section, "csharp").Replace("Host=db1,db2;Database=shop;Username=app", package.Server.ConnectionString() + $";Database={database}", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await DotNet.RunAsync(folder, "build", "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=NU1603");
        return folder;
    }

    static string Block(string section, string language) => section.Split($"```{language}\n")[1].Split("```")[0];

    [GeneratedRegex(@"dotnet add package ReadOnlyGuard[\w.]*")]
    private static partial Regex AddOwnPackage();

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
