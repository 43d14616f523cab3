using CliWrap;
using CliWrap.Buffered;

namespace ReadOnlyGuard.PackageTests;

/// <summary>The command <c>dotnet</c>, as somebody types it in a folder of their own.</summary>
static class DotNet
{
    public static Dictionary<string, string?> Variables { get; } = OwnVariables();

    public static Task<string> RunAsync(string folder, params IReadOnlyList<string> arguments) => RunProgramAsync("dotnet", folder, arguments);

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public static async Task<string> RunProgramAsync(string program, string folder, params IReadOnlyList<string> arguments)
    {
        var result = await EndAsync(program, folder, arguments);
        return result.IsSuccess
            ? result.StandardOutput
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{result.StandardOutput}{result.StandardError}");
    }

    /// <summary>As <see cref="RunAsync"/>, also where it fails.</summary>
    public static async Task<string> PrintedByAsync(string folder, params IReadOnlyList<string> arguments) => (await EndAsync("dotnet", folder, arguments)).StandardOutput;

    static async Task<BufferedCommandResult> EndAsync(string program, string folder, IReadOnlyList<string> arguments)
        => await Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(folder).WithEnvironmentVariables(Variables)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    static Dictionary<string, string?> OwnVariables()
    {
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        // What `dotnet test` tells its children about its own SDK and build is not for somebody else's build.
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DOTNET_CLI_", StringComparison.Ordinal) && name != "DOTNET_CLI_HOME")
                variables[name] = null;
        variables["DOTNET_ROLL_FORWARD"] = null;
        variables["DOTNET_NOLOGO"] = "1";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // No build servers that outlive the test.
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        variables["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        variables["UseSharedCompilation"] = "false";
        return variables;
    }
}
