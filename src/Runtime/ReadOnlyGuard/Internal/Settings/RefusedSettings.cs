namespace ReadOnlyGuard.Internal.Settings;

/// <summary>
/// The settings of a connection string that the guard refuses. The rules are compiled with this file too, so that they know of a constant
/// what the guard will say of it.
/// </summary>
static class RefusedSettings
{
    const string ReadOnlyParameter = "default_transaction_read_only";

    static readonly (string Key, Func<string?, string?> Problem, string Remedy)[] All =
    [
        ("Host", host => string.IsNullOrWhiteSpace(host) ? "is missing" : null, "Name every server of the cluster: Host=db1,db2:5433."),
        ("Multiplexing", on => Is(on, "True") ? "is on: then commands have no connection of their own that could be proven writable" : null, "Remove it."),
        ("Replication Mode", mode => mode is null or "" || Is(mode, "Off") ? null : "asks for a replication connection, which writes nothing",
            "Open it with Npgsql directly, under [AllowRawNpgsql]."),
        ("Target Session Attributes", target => IsWritable(target) ? null : $"is '{target}', which asks for a server that cannot be written to",
            "Remove it, or open that connection with Npgsql directly, under [AllowRawNpgsql]."),
        ("Options", options => SetsReadOnly(options) ? "sets " + ReadOnlyParameter : null, SetsReadOnlyRemedy),
    ];

    public const string SetsReadOnlyRemedy = "'on' can never write; 'off' does not detect a standby and bypasses a maintenance lock. Remove it.";

    /// <summary>The keys, as Npgsql names them first.</summary>
    public static IEnumerable<string> Keys => All.Select(setting => setting.Key);

    /// <summary>What the guard says of the first setting that it refuses, with the key and the remedy; never a password.</summary>
    /// <param name="value">The value of a key, <see langword="null"/> where the string does not set it.</param>
    public static string? Refusal(Func<string, string?> value)
    {
        foreach (var (key, problem, remedy) in All)
        {
            if (problem(value(key)) is { } found)
                return $"Connection string key '{key}' {found}. {remedy}";
        }
        return null;
    }

    /// <summary>Whether the options set, on or off, what makes transactions read-only.</summary>
    // The server takes -c default_transaction_read_only and --default-transaction-read-only alike.
    public static bool SetsReadOnly(string? options) =>
        options?.Replace('-', '_').IndexOf(ReadOnlyParameter, StringComparison.OrdinalIgnoreCase) >= 0;

    static bool IsWritable(string? target) =>
        string.IsNullOrEmpty(target) || Is(target, "any") || Is(target, "primary") || Is(target, "prefer-primary") || Is(target, "read-write");

    static bool Is(string? value, string expected) => string.Equals(value?.Trim(), expected, StringComparison.OrdinalIgnoreCase);
}
