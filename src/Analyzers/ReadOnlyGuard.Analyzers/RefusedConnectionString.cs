using System.Globalization;
using Microsoft.CodeAnalysis;
using ReadOnlyGuard.Internal;
using ReadOnlyGuard.Internal.Settings;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which connection strings the guard refuses when it is made; Npgsql takes many of them, and fails later or never.</summary>
static class RefusedConnectionString
{
    /// <summary>Why the guard refuses the string; <see langword="null"/> where it takes it, or where what is not known of it decides.</summary>
    public static string? Refusal(string text)
    {
        if (text.IndexOf(ConnectionText.Unknown) >= 0)
        {
            return RefusalOfParts(text.Split(';', ConnectionText.Unknown));
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return "it is empty, and needs at least a Host";
        }

        return ConnectionStringText.Parse(text) is { } settings
            ? RefusedSettings.Refusal(key => ConnectionStringText.Value(settings, key)) ?? RefusalOfHost(ConnectionStringText.Value(settings, "Host")!)
            : "it is not of the form key=value;key=value";
    }

    /// <summary>Whether the code shows a setting that the guard refuses, so that guarded code would throw where raw code does not.</summary>
    public static bool IsIn(IOperation? connectionString)
    {
        var texts = ConnectionText.Of(connectionString);
        // What stands in for a missing string fails with Npgsql, too.
        var filled = texts.Where(text => text.Length > 0).ToList();
        return texts.Count > 0 && (filled.Count == 0 || filled.Any(text => Refusal(text) is not null));
    }

    /// <summary>Whether EF Core looks the string up in the configuration: <c>Name=ConnectionStrings:Shop</c>.</summary>
    public static bool IsName(string? connectionString) =>
        connectionString?.Split('=') is { Length: 2 } pair && pair[0].Trim().Equals("Name", StringComparison.OrdinalIgnoreCase);

    static string? RefusalOfParts(IEnumerable<string> parts)
    {
        var visible = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Host"] = "in what is not seen" };
        foreach (var part in parts)
        {
            if (part.IndexOf('=') is > 0 and var equals && part.Substring(equals + 1).Trim(' ', '\'', '"') is { Length: > 0 } value)
            {
                visible[part.Substring(0, equals).Trim()] = value;
            }
        }

        return RefusedSettings.Refusal(key => ConnectionStringText.Names(key)
            .Select(name => visible.TryGetValue(name, out var value) ? value : null)
            .FirstOrDefault(value => value is not null));
    }

    static string? RefusalOfHost(string hosts) => hosts.Split(',').Select(RefusalOfEntry).FirstOrDefault(refusal => refusal is not null);

    static string? RefusalOfEntry(string entry)
    {
        entry = entry.Trim();
        if (entry.Length == 0)
        {
            return "Connection string key 'Host' has an empty entry between commas";
        }

        var colon = entry.LastIndexOf(':');
        var bracket = entry.LastIndexOf(']');
        return entry[0] is not ('/' or '\\' or '@') && colon > bracket && (bracket >= 0 || entry.IndexOf(':') == colon) &&
            !(int.TryParse(entry.Substring(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536)
                ? $"Connection string key 'Host': the port in '{entry}' is not a number from 1 to 65535"
                : null;
    }
}
