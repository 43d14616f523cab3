namespace ReadOnlyGuard.PackageTests;

/// <summary>The fix in a project of several targets, by the tool that merges what each of them wants.</summary>
public sealed class FixAcrossTargets(PackedPackage package)
{
    const string Raw =
        """
        using Npgsql;

        class Orders(string cs)
        {
            async Task<string> PlaceAsync()
            {
                await using var connection = new NpgsqlConnection(cs);
                await connection.OpenAsync();
                return connection.ServerVersion;
            }

            NpgsqlConnection Default() => new(Environment.GetEnvironmentVariable("DB"));

        #if NET10_0_OR_GREATER
            NpgsqlConnection Newer() => new(cs);
        #else
            NpgsqlConnection Older() => new(cs);
        #endif

            static void Main() { }
        }
        """;

    [Fact]
    public async Task Leaves_nothing_to_merge_by_hand()
    {
        var consumer = await Consumer.CreateAsync(package, Raw, framework: "net8.0;net10.0");
        await consumer.FixAsync();

        var text = await consumer.ReadAsync("Program.cs");
        Assert.DoesNotContain("Unmerged change", text, StringComparison.Ordinal);
        Assert.DoesNotContain("new(", text, StringComparison.Ordinal);
        Assert.Contains("await WritableDataSource.For(cs).OpenConnectionAsync();", text, StringComparison.Ordinal);
        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains("0 Error(s)", await consumer.PrintedByBuildAsync(), StringComparison.Ordinal);

        await consumer.FixAsync();
        Assert.Equal(text, await consumer.ReadAsync("Program.cs"));
    }

    [Fact]
    public async Task Writes_nothing_that_a_target_without_the_guard_could_not_compile()
    {
        var consumer = await Consumer.CreateAsync(package, Raw, framework: "netstandard2.0;net8.0;net10.0");
        await consumer.WriteAsync("Newer.cs", "using Npgsql;\n\nstatic class Newer { public static NpgsqlConnection Make(string cs) => new(cs); }\n");
        await consumer.WriteAsync("Directory.Build.targets", """<Project><ItemGroup Condition="'$(TargetFramework)' == 'netstandard2.0'"><Compile Remove="Newer.cs" /></ItemGroup></Project>""");

        await consumer.FixAsync();

        Assert.Equal(Raw, await consumer.ReadAsync("Program.cs"));
        Assert.Contains("WritableDataSource.For(cs).CreateConnection()", await consumer.ReadAsync("Newer.cs"), StringComparison.Ordinal);
        Assert.Contains("0 Error(s)", await consumer.PrintedByBuildAsync(), StringComparison.Ordinal);
    }
}
