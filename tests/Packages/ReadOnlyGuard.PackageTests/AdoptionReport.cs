namespace ReadOnlyGuard.PackageTests;

/// <summary>The commands of docs/adopting.md, as they stand there, on a project of somebody else's.</summary>
public sealed class AdoptionReport(PackedPackage package)
{
    const string Sites =
        """
        using Npgsql;

        class Orders(string cs)
        {
            readonly NpgsqlConnection _kept = new(cs);

            async Task PlaceAsync()
            {
                await using var connection = new NpgsqlConnection(cs);
                await connection.OpenAsync();
            }

            void Cancel()
            {
                using var connection = new NpgsqlConnection(cs);
                connection.Open();
            }

            void Late()
            {
                using var connection = new NpgsqlConnection();
                connection.ConnectionString = _kept.ConnectionString;
            }

            object Source() => NpgsqlDataSource.Create(cs);

            static void Main() { }
        }
        """;

    [Fact]
    public async Task Says_how_many_sites_there_are_and_what_the_fix_makes_of_them()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "adopting.md"), TestContext.Current.CancellationToken);
        var consumer = await Consumer.CreateAsync(package, Sites);
        await consumer.RunAsync("bash", "-c", "printf 'bin/\\nobj/\\n' > .gitignore && git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -qm sites");

        var printed = await consumer.RunAsync("bash", "-c", Block(page, "```bash\nset -euo pipefail\n"));

        Assert.EndsWith(Block(page, "For the sample of this repository's tests it prints:\n\n```\n"), printed, StringComparison.Ordinal);
        Assert.Equal("?? reported.txt\n", await consumer.RunAsync("git", "status", "--short"));
        Assert.DoesNotContain("rog-report", await consumer.RunAsync("git", "worktree", "list"), StringComparison.Ordinal);
    }

    static string Block(string page, string start)
    {
        var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return page[from..page.IndexOf("```", from, StringComparison.Ordinal)];
    }
}
