namespace ReadOnlyGuard.PackageTests;

/// <summary>The MSBuild properties that the package reads, in a project outside the solution.</summary>
public sealed class PresetsAndSwitch(PackedPackage package)
{
    const string Source =
        """
        using Npgsql;

        class Orders(string cs)
        {
            object Connection() => new NpgsqlConnection(cs);
            object Source() => NpgsqlDataSource.Create(cs);
            object Indirect() => NpgsqlFactory.Instance.CreateConnection();
            static void Main() { }
        }
        """;

    [Fact]
    public async Task Set_severities_below_the_projects_own_and_turn_the_rules_off()
    {
        var consumer = await Consumer.CreateAsync(package, Source);

        Assert.Equal(["5,28 warning ROG001", "6,24 warning ROG002"], await ReportsAsync(consumer));
        Assert.Equal(["5,28 warning ROG001", "6,24 warning ROG002", "7,26 warning ROG005"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=application"));
        Assert.Equal(["5,28 warning ROG001"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=library"));
        Assert.Equal(["5,28 error ROG001", "6,24 error ROG002", "7,26 error ROG005"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=strict"));
        Assert.Equal(["5,28 error ROG001", "6,24 error ROG002", "7,26 error ROG005"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=Strict"));
        Assert.Equal(["5,28 warning ROG001", "6,24 warning ROG002"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=None"));
        Assert.Empty(await ReportsAsync(consumer, "ReadOnlyGuardAnalyzers=false"));

        await consumer.WriteAsync(".globalconfig", "is_global = true\ndotnet_diagnostic.ROG005.severity = none\n");
        await consumer.WriteAsync(".editorconfig", "[*.cs]\ndotnet_diagnostic.ROG001.severity = warning\n");
        Assert.Equal(["5,28 warning ROG001", "6,24 error ROG002"], await ReportsAsync(consumer, "ReadOnlyGuardPreset=strict"));
    }

    [Fact]
    public async Task Are_refused_by_name_where_their_value_is_unknown()
    {
        var consumer = await Consumer.CreateAsync(package, Source);

        Assert.Contains("error : The property ReadOnlyGuardPreset is 'lax', which is no preset. Set it to strict, application, library or none", await consumer.PrintedByBuildAsync("ReadOnlyGuardPreset=lax"), StringComparison.Ordinal);
        Assert.Contains("error : The property ReadOnlyGuardAnalyzers is 'maybe'. Set it to true or false", await consumer.PrintedByBuildAsync("ReadOnlyGuardAnalyzers=maybe"), StringComparison.Ordinal);
    }

    static async Task<string[]> ReportsAsync(Consumer consumer, params string[] properties) =>
        [.. (await consumer.WarningsAsync(properties)).Select(report => report.Replace("Program.cs(", "", StringComparison.Ordinal).Replace("):", "", StringComparison.Ordinal)).Order()];
}
