using System.Data.Common;

namespace ReadOnlyGuard.Analyzers;

/// <summary>What a constant connection string says.</summary>
static class ConnectionStringText
{
    /// <summary>Its keys and values, or <see langword="null"/> where it is no connection string: whoever is given it will say so.</summary>
    public static DbConnectionStringBuilder? Parse(string connectionString)
    {
        var parsed = new DbConnectionStringBuilder();
        try
        {
            parsed.ConnectionString = connectionString;
            return parsed;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Its hosts with the ports that stand behind them, none where it names no host.</summary>
    public static string[] Hosts(DbConnectionStringBuilder parsed) =>
        (Value(parsed, "Host") ?? Value(parsed, "Server")) is { } hosts ? hosts.Split(',').Select(host => host.Trim()).ToArray() : [];

    public static string? Value(DbConnectionStringBuilder parsed, string key) => parsed.TryGetValue(key, out var value) ? value?.ToString() : null;
}
