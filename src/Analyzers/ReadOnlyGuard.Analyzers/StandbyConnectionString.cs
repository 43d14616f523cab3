using System.Data.Common;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which connection strings ask for a standby, and so for a connection that need not be written to.</summary>
static class StandbyConnectionString
{
    static readonly string[] Keys = ["Target Session Attributes", "TargetSessionAttributes"];
    static readonly string[] Standbys = ["standby", "prefer-standby", "read-only"];

    public static bool Targets(string connectionString) =>
        Parse(connectionString) is { } parsed &&
        Keys.Any(key => parsed.TryGetValue(key, out var target) && Standbys.Contains(target?.ToString(), StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether the string fixes <c>default_transaction_read_only</c>, on or off, for each of its sessions.</summary>
    public static bool SetsReadOnly(string connectionString) =>
        Parse(connectionString) is { } parsed &&
        parsed.TryGetValue("Options", out var options) &&
        options?.ToString().IndexOf("default_transaction_read_only", StringComparison.OrdinalIgnoreCase) >= 0;

    static DbConnectionStringBuilder? Parse(string connectionString)
    {
        var parsed = new DbConnectionStringBuilder();
        try
        {
            parsed.ConnectionString = connectionString;
            return parsed;
        }
        catch (ArgumentException)
        {
            // Not a connection string; the constructor will say so.
            return null;
        }
    }
}
