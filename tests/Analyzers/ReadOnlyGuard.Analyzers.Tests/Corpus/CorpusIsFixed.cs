namespace ReadOnlyGuard.Analyzers.Tests.Corpus;

/// <summary>
/// The rules and fixes on code shaped like the world's. To add a file, put it into <c>Before</c>, run these tests with
/// <c>READONLYGUARD_RECORD_CORPUS</c> naming this folder, and read what that has written as if a colleague had.
/// </summary>
public sealed class CorpusIsFixed
{
    public static TheoryData<string> Files => [.. Corpus.Files];

    public static TheoryData<string> Projects => [.. Corpus.Files.Select(file => file.Split('.')[0]).Distinct()];

    [Theory, MemberData(nameof(Files))]
    public async Task Reports_are_these(string file)
    {
        var outcome = await Corpus.Run();
        bool IsOfFile(string line) => line.StartsWith(file + "(", StringComparison.Ordinal);

        Assert.Equal(Corpus.Reports().Where(IsOfFile), outcome.Reports.Where(IsOfFile));
    }

    [Theory, MemberData(nameof(Files))]
    public async Task Fix_all_in_the_solution_makes_this_of_it(string file) => Assert.Equal(Corpus.After(file), (await Corpus.Run()).Texts[file]);

    [Theory, MemberData(nameof(Files))]
    public async Task Another_fix_all_changes_nothing(string file)
    {
        var outcome = await Corpus.Run();

        Assert.Equal(outcome.Texts[file], outcome.TextsTwice[file]);
    }

    [Theory, MemberData(nameof(Projects))]
    public async Task Compiles_before_and_after_without_a_warning(string project)
    {
        var outcome = await Corpus.Run();

        Assert.Empty(outcome.ComplaintsBefore[project]);
        Assert.Empty(outcome.ComplaintsAfter[project]);
    }

    [Fact]
    public void Has_sixty_files() => Assert.True(Corpus.Files.Count() >= 60, $"{Corpus.Files.Count()} files");

    [Fact]
    public async Task Is_recorded_on_request()
    {
        if (Environment.GetEnvironmentVariable("READONLYGUARD_RECORD_CORPUS") is not { Length: > 0 } folder)
            return;
        var outcome = await Corpus.Run();
        var after = Directory.CreateDirectory(Path.Combine(folder, "After"));
        foreach (var (file, text) in outcome.Texts)
            await File.WriteAllTextAsync(Path.Combine(after.FullName, file), text, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(folder, "reports.txt"), outcome.Reports, TestContext.Current.CancellationToken);
    }
}
