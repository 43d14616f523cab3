using System.Data.Common;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which connection strings ask for a standby, and so for a connection that need not be written to.</summary>
static class StandbyConnectionString
{
    static readonly string[] Keys = ["Target Session Attributes", "TargetSessionAttributes"];
    static readonly string[] Standbys = ["standby", "prefer-standby", "read-only"];

    public static bool Targets(string connectionString)
    {
        var parsed = new DbConnectionStringBuilder();
        try
        {
            parsed.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            // Not a connection string; the constructor will say so.
            return false;
        }

        return Keys.Any(key => parsed.TryGetValue(key, out var target) && Standbys.Contains(target?.ToString(), StringComparer.OrdinalIgnoreCase));
    }
}
