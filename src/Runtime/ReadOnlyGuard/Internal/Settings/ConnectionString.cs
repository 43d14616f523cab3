using System.Data.Common;
using Npgsql;

namespace ReadOnlyGuard.Internal.Settings;

/// <summary>
/// Reads a connection string and refuses what the guard cannot keep its promise with. Messages name the key, the problem and the
/// remedy, and never show the password.
/// </summary>
static class ConnectionString
{
    const string TargetSessionAttributes = "Target Session Attributes";

    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ArgumentException("The connection string is empty. It needs at least a Host: Host=db1,db2;Database=app;Username=app.", nameof(connectionString));

        var pairs = new DbConnectionStringBuilder();
        try
        {
            pairs.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            // The framework's message may quote the string, and with it the password.
            throw Malformed();
        }

        var settings = new NpgsqlConnectionStringBuilder();
        foreach (string key in pairs.Keys)
            Set(settings, key, pairs[key]);
        return settings;
    }

    static void Set(NpgsqlConnectionStringBuilder settings, string key, object value)
    {
        // The rest of an unquoted value, a password perhaps, is read as part of the next key.
        if (key.Contains(';', StringComparison.Ordinal))
            throw Malformed();
        try
        {
            settings[key] = value;
        }
        catch (Exception e) when (e.InnerException is KeyNotFoundException || e is KeyNotFoundException)
        {
            throw new ArgumentException(
                $"Connection string key '{key}' is unknown to Npgsql. Correct its spelling; a value that holds ';' must be quoted.", "connectionString");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or NotSupportedException or OverflowException)
        {
            throw new ArgumentException($"Connection string key '{key}' has a value that Npgsql refuses. Correct it: '{value}'.", "connectionString");
        }
    }

    static ArgumentException Malformed() => new(
        "The connection string is not of the form key=value;key=value. Check for a missing '=' or ';', and quote values that hold one of them.",
        "connectionString");

    public static void Validate(NpgsqlConnectionStringBuilder settings)
    {
        // By their keys: Npgsql 11 has no property for Multiplexing.
        if (RefusedSettings.Refusal(key => settings.TryGetValue(key, out var value) ? value?.ToString() : null) is { } refusal)
            throw new ArgumentException(refusal, "connectionString");
        _ = Endpoint.AllOf(settings);
        if (settings.Options is null && RefusedSettings.SetsReadOnly(Environment.GetEnvironmentVariable("PGOPTIONS")))
            throw new ArgumentException($"Environment variable 'PGOPTIONS' sets default_transaction_read_only. {RefusedSettings.SetsReadOnlyRemedy}", "connectionString");
    }

    /// <summary>The settings of one server's pool: its host and port alone; what chose between hosts is the guard's work now.</summary>
    public static NpgsqlConnectionStringBuilder ForPool(NpgsqlConnectionStringBuilder settings, Endpoint endpoint)
    {
        var pool = Copy(settings);
        pool.Host = endpoint.Host;
        pool.Port = endpoint.Port;
        pool.Remove(TargetSessionAttributes);
        pool.Remove("Load Balance Hosts");
        pool.Remove("Host Recheck Seconds");
        // Inside a TransactionScope another door opens the connection: who rents here has asked for the ambient transaction already.
        pool.Enlist = false;
        // The check has a place of its own among the statements that Npgsql prepares by itself, and takes none of the application's.
        if (pool.MaxAutoPrepare > 0)
            pool.MaxAutoPrepare++;
        return pool;
    }

    /// <summary>
    /// The settings of the search's own connections to one server: unpooled, so that an exhausted pool cannot starve it, and with
    /// bounds of their own. Types need not be loaded: the check reads built-in ones.
    /// </summary>
    public static NpgsqlConnectionStringBuilder ForProbe(NpgsqlConnectionStringBuilder settings, Endpoint endpoint, TimeSpan checkTimeout)
    {
        var probe = ForPool(settings, endpoint);
        var seconds = WholeSeconds(checkTimeout);
        probe.Pooling = false;
        probe.Timeout = probe.Timeout == 0 ? seconds : Math.Min(probe.Timeout, seconds);
        probe.CommandTimeout = seconds;
        probe["Server Compatibility Mode"] = "NoTypeLoading";
        return probe;
    }

    /// <summary>Npgsql counts in whole seconds, and takes zero for infinity.</summary>
    public static int WholeSeconds(TimeSpan time) => Math.Clamp((int)Math.Ceiling(time.TotalSeconds), 1, 1024);

    /// <summary>What a data source may show: the password only where the string itself says <c>Persist Security Info</c>.</summary>
    public static string Displayable(NpgsqlConnectionStringBuilder settings)
    {
        var copy = Copy(settings);
        if (!copy.PersistSecurityInfo)
        {
            copy.Remove("Password");
            copy.Remove("SSL Password");
        }
        return copy.ConnectionString;
    }

    static NpgsqlConnectionStringBuilder Copy(NpgsqlConnectionStringBuilder settings) => new(settings.ConnectionString);
}
