namespace ReadOnlyGuard.Servers;

/// <summary>Programs by name, where Debian puts servers too, which an ordinary user's PATH may not hold.</summary>
static class Programs
{
    /// <param name="program">Its name.</param>
    /// <param name="installer">The command of this repository that installs it.</param>
    /// <exception cref="InvalidOperationException">There is none; the message says what to run.</exception>
    public static string Find(string program, string installer)
        => new[] { "/usr/sbin", "/usr/local/sbin" }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{program} was not found: run {installer}.");
}
