namespace ReadOnlyGuard.Servers;

/// <summary>Where Debian puts servers, which an ordinary user's PATH may not hold.</summary>
static class Sbin
{
    /// <exception cref="InvalidOperationException">There is none; the message says what to install.</exception>
    public static string Find(string program)
        => new[] { "/usr/sbin", "/usr/local/sbin" }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{program} was not found: run build/poolers, or install it (Debian, Ubuntu: apt-get install {program}).");
}
