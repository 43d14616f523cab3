using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Internal.Settings;

/// <summary>One host and port of a connection string.</summary>
sealed record Endpoint(string Host, int Port)
{
    /// <summary>A directory that holds the server's socket, or an abstract name.</summary>
    public bool IsUnixSocket => Path.IsPathRooted(Host) || Host.StartsWith('@');

    /// <summary>Whether it is where a connection leads, in whichever form Npgsql was given an IPv6 address.</summary>
    public bool IsOf(NpgsqlConnection connection) => connection.Port == Port && WithoutBrackets(connection.Host).SequenceEqual(WithoutBrackets(Host));

    static ReadOnlySpan<char> WithoutBrackets(string? host) => host.AsSpan().TrimStart('[').TrimEnd(']');

    /// <summary>As an entry of a host list.</summary>
    public string AsHost() => Host.Contains(':', StringComparison.Ordinal) && !Host.Contains(']', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}") : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Splits <c>Host=a:5433,b,[::1]:5434</c> as Npgsql does; hosts named twice count once.</summary>
    public static IReadOnlyList<Endpoint> AllOf(NpgsqlConnectionStringBuilder settings)
    {
        var endpoints = new List<Endpoint>();
        foreach (var entry in (settings.Host ?? "").Split(','))
        {
            var endpoint = Parse(entry.Trim(), settings.Port);
            if (!endpoints.Exists(e => e.Port == endpoint.Port && e.Host.Equals(endpoint.Host, StringComparison.OrdinalIgnoreCase)))
                endpoints.Add(endpoint);
        }
        return endpoints;
    }

    static Endpoint Parse(string entry, int defaultPort)
    {
        if (entry.Length == 0)
            throw new ArgumentException("Connection string key 'Host' names no host, or has an empty entry between commas. Name every server: Host=db1,db2:5433.");
        var whole = new Endpoint(entry, defaultPort);
        if (whole.IsUnixSocket)
            return whole;

        var colon = entry.LastIndexOf(':');
        var bracket = entry.LastIndexOf(']');
        var namesPort = colon > bracket && (bracket >= 0 || entry.IndexOf(':') == colon);
        if (!namesPort)
            return whole;
        return int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? new(entry[..colon], port)
            : throw new ArgumentException($"Connection string key 'Host': the port in '{entry}' is not a number from 1 to 65535. Write it as host:5432.");
    }
}
