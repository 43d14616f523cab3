using System.Globalization;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>docs/reference.md lists every option with the default that it has, every exception and every role, and none that is not there.</summary>
public sealed class ReferenceMatchesTheCode
{
    static readonly string Page = Pages.Text("docs/reference.md");

    [Theory]
    [InlineData(typeof(WritableDataSourceOptions))]
    [InlineData(typeof(WriteTransactionOptions))]
    [InlineData(typeof(RequestGuardOptions))]
    public void Options_and_their_defaults(Type options)
    {
        var instance = Activator.CreateInstance(options);
        Assert.Equal(
            options.GetProperties().Select(property => $"{property.Name} = {Default(property.Name, property.GetValue(instance))}").Order(),
            Rows(options.Name).Select(row => $"{row[0]} = {row[1]}").Order());
    }

    [Fact]
    public void Exceptions()
        => Assert.Equal(
            typeof(WritableDataSource).Assembly.GetExportedTypes().Concat(typeof(RequestGuardOptions).Assembly.GetExportedTypes())
                .Where(type => typeof(Exception).IsAssignableFrom(type)).Select(type => type.Name).Order(),
            Page.Split("## Exceptions")[1].Split("Others that")[0].Split('\n').Select(Cells).Where(cells => cells is [var name, ..] && name.EndsWith("Exception", StringComparison.Ordinal))
                .Select(cells => cells[0]).Order());

    [Fact]
    public void Roles() => Assert.Equal(Enum.GetNames<ServerRole>().Order(), Rows(nameof(ServerRole)).Select(row => row[0]).Order());

    static string Default(string name, object? value) => (name, value) switch
    {
        (nameof(WritableDataSourceOptions.LoggerFactory), _) => "the host's",
        (nameof(RequestGuardOptions.Sources), _) => "all that are registered",
        (_, null) => "none",
        (_, TimeSpan time) => $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
        (_, bool flag) => flag ? "true" : "false",
        (_, WriteCheck check) => check == WriteCheck.Query ? "WriteCheck.Query" : "another",
        (_, TimeProvider clock) => clock == TimeProvider.System ? "TimeProvider.System" : "another",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The rows of the first table below a heading.</summary>
    static IEnumerable<string[]> Rows(string heading)
        => Page.Split($"## `{heading}`\n")[1].Split("\n## ")[0].Split('\n').Select(Cells).Where(cells => cells.Length > 1).Skip(2);

    static string[] Cells(string line)
        => line.StartsWith('|') ? [.. line.Trim('|').Split(" | ").Select(cell => cell.Trim().Trim('`'))] : [];
}
