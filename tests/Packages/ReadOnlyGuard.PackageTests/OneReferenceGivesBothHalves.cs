namespace ReadOnlyGuard.PackageTests;

/// <summary>A project outside the solution that references the package and nothing else of this repository.</summary>
public sealed class OneReferenceGivesBothHalves(PackedPackage package)
{
    [Fact]
    public async Task Raw_connection_is_reported_fixed_and_then_writes_through_the_guard()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.Raw);

        Assert.Equal(["Program.cs(16,30): warning ROG001"], await consumer.WarningsAsync());
        Assert.Contains(", 0 checked", await consumer.WriteEntryAsync("raw"));

        await consumer.FixAsync();

        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains("Npgsql 10.0.0.0, 1 checked", await consumer.WriteEntryAsync("guarded"));
        Assert.Equal(1, await package.EntriesAsync("raw"));
        Assert.Equal(1, await package.EntriesAsync("guarded"));
    }

    [Fact]
    public async Task Newer_Npgsql_can_be_referenced_beside_it()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.Guarded, references: ("Npgsql", "10.0.3"));

        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains("Npgsql 10.0.3.0, 1 checked", await consumer.WriteEntryAsync("newer"));
        Assert.Equal(1, await package.EntriesAsync("newer"));
    }

    [Fact]
    public async Task Older_target_framework_builds_and_writes()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.Guarded, framework: "net8.0");

        Assert.Empty(await consumer.WarningsAsync());
        Assert.Contains(", 1 checked", await consumer.WriteEntryAsync("older"));
        Assert.Equal(1, await package.EntriesAsync("older"));
    }

    [Fact]
    public async Task Visual_Basic_is_warned_too()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.VisualBasic, language: "vb");

        Assert.Equal(["Program.vb(5,29): warning ROG001"], await consumer.WarningsAsync());
    }
}
