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
            return parsed.Keys.Cast<string>().Any(key => key.IndexOf(';') >= 0) ? null : parsed;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Its hosts with the ports that stand behind them, none where it names no host.</summary>
    public static string[] Hosts(DbConnectionStringBuilder parsed) =>
        Value(parsed, "Host") is { } hosts ? hosts.Split(',').Select(host => host.Trim()).ToArray() : [];

    public static string? Value(DbConnectionStringBuilder parsed, string key) =>
        Names(key).Select(name => parsed.TryGetValue(name, out var value) ? value?.ToString() : null).FirstOrDefault(value => value is not null);

    /// <summary>How Npgsql knows a key: without its spaces, too.</summary>
    public static IEnumerable<string> Names(string key) => key == "Host" ? [key, "Server"] : [key, key.Replace(" ", "")];
}
