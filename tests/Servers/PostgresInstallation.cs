using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// Where PostgreSQL's server programs are on this machine, and how to run them. Needs no more than <c>initdb</c>, <c>pg_ctl</c>
/// and <c>postgres</c>, which is all that some packagings hold.
/// </summary>
public sealed partial class PostgresInstallation
{
    static readonly Lazy<PostgresInstallation> Found = new(Find);

    readonly string[] _asServerUser;

    PostgresInstallation(string bin)
    {
        Bin = bin;
        // PostgreSQL refuses to run as root.
        _asServerUser = Environment.IsPrivilegedProcess ? AnotherUser() : [];
    }

    /// <summary>The newest installation found; <c>READONLYGUARD_PG_BIN</c> names another.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to install.</exception>
    public static PostgresInstallation Current => Found.Value;

    /// <summary>The folder of the server programs.</summary>
    public string Bin { get; }

    /// <summary>A command that runs as an ordinary user, in a folder that this user may enter.</summary>
    internal Command Command(string program, params IEnumerable<string> arguments)
    {
        var path = Path.Combine(Bin, program);
        string[] words = [.. _asServerUser, File.Exists(path) ? path : program, .. arguments];
        return Cli.Wrap(words[0]).WithArguments(words[1..]).WithWorkingDirectory("/")
            // Messages are matched and shown: keep them in one language.
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C"));
    }

    /// <summary>Runs such a command to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    internal async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var result = await Command(program, arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        return result.IsSuccess
            ? result.StandardOutput.TrimEnd()
            : throw new InvalidOperationException($"{program} failed ({result.ExitCode}): {result.StandardError}{result.StandardOutput}".TrimEnd());
    }

    /// <summary>Writes a file that belongs to the user the servers run as.</summary>
    internal Task WriteFileAsync(string path, string text, bool append = false) =>
        (PipeSource.FromString(text) | Command("tee", append ? ["-a", path] : [path])).ExecuteAsync();

    static PostgresInstallation Find()
    {
        if (Environment.GetEnvironmentVariable("READONLYGUARD_PG_BIN") is { Length: > 0 } chosen)
            return HoldsServer(chosen)
                ? new(chosen)
                : throw new InvalidOperationException($"READONLYGUARD_PG_BIN: no initdb, pg_ctl and postgres in '{chosen}'.");

        return Candidates().FirstOrDefault(HoldsServer) is { } bin
            ? new(bin)
            : throw new InvalidOperationException(
                "PostgreSQL's server programs were not found: run build/servers, or install them (Debian, Ubuntu: apt-get install postgresql), or name their folder in READONLYGUARD_PG_BIN.");
    }

    // build/servers looks at the same places in the same order.
    static IEnumerable<string> Candidates()
    {
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            foreach (var version in Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(VersionOf))
                yield return Path.Combine(version, "bin");
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (File.Exists(Path.Combine(folder, "pg_config")))
                yield return Cli.Wrap(Path.Combine(folder, "pg_config")).WithArguments("--bindir").ExecuteBufferedAsync().Task.GetAwaiter().GetResult().StandardOutput.Trim();
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "build", "output", "postgres", "bin");
    }

    static bool HoldsServer(string bin) => new[] { "initdb", "pg_ctl", "postgres" }.All(program => File.Exists(Path.Combine(bin, program)));

    static int VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    static string[] AnotherUser()
    {
        // Debian's packages make the user postgres; binaries from elsewhere make none.
        var passwd = File.ReadAllText("/etc/passwd");
        var user = Passwd().Matches(passwd).OrderByDescending(match => match.Groups["name"].Value == "postgres").First();
        return ["setpriv", $"--reuid={user.Groups["name"].Value}", $"--regid={user.Groups["group"].Value}", "--init-groups"];
    }

    [GeneratedRegex(@"^(?<name>postgres|nobody):[^:]*:\d+:(?<group>\d+):", RegexOptions.Multiline)]
    private static partial Regex Passwd();
}
